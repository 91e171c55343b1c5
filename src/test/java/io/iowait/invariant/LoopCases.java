package io.iowait.invariant;

import static io.iowait.invariant.LawsTest.breaks;
import static io.iowait.invariant.LawsTest.keeps;
import static io.iowait.invariant.LawsTest.passesOver;
import static io.iowait.invariant.LawsTest.story;
import static io.iowait.invariant.Story.S;

import io.iowait.invariant.LawsTest.Case;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.LoopQueue;
import java.util.stream.Stream;

/// Traces for [LawsTest] that keep or break the laws of a loop's phases, of what is drained between
/// callbacks, and of its timers' order.
final class LoopCases {
    private static final int POLL_CALL = 1;

    private LoopCases() {}

    private static Story node() {
        return story().fact("flavour.0", "node libuv").iteration(0, 1);
    }

    private static Story post(Story story, long post, int queue) {
        return story.record(Kind.CALLBACK_POST, 0, 1, post, LoopQueue.pack(0, queue));
    }

    static Stream<Case> phases() {
        return Stream.of(
                keeps("E8", "poll, check, timers", run(node(), 1, 2, 3)),
                keeps("E8", "and again", run(run(node(), 2, 3).iteration(0, 2), 1, 2)),
                keeps("E8", "timers before the first", run(libuv(), 3).iteration(0, 1)),
                breaks("E8", "check after timers", run(node(), 3, 2)),
                breaks("E8", "poll after check", run(node(), 2, 1)),
                passesOver("E8", Result.NOT_EXERCISED, "asyncio", run(asyncio(), 3, 2)),
                keeps(
                        "E3",
                        "immediates of libuv",
                        immediates(false).iteration(0, 2).callback(2, 0)),
                keeps("E3", "after one that failed", immediates(true).callback(2, 0)),
                breaks("E3", "an immediate in its own phase", immediates(false).callback(2, 0)));
    }

    private static Story libuv() {
        return story().fact("flavour.0", "node libuv");
    }

    private static Story asyncio() {
        return story().fact("flavour.0", "asyncio fifo").iteration(0, 1);
    }

    private static Story run(Story story, int... queues) {
        for (int queue : queues) {
            long post = 100 + story.last();
            story = post(story, post, queue).callback(post, 0);
        }
        return story;
    }

    /// Immediate 1 runs and sets immediate 2.
    private static Story immediates(boolean fails) {
        Story story = post(libuv(), 1, LoopQueue.CHECK).iteration(0, 1).begin(1, 0);
        story = post(story, 2, LoopQueue.CHECK);
        return story.record(
                Kind.CALLBACK_END,
                0,
                1,
                1,
                LoopQueue.pack(0, fails ? LoopQueue.FAILED : LoopQueue.READY));
    }

    static Stream<Case> drains() {
        return Stream.of(
                keeps("E9", "ticks, microtasks, the next", between().callback(2, 0).callback(3, 0)),
                keeps("E9", "the next after a failure", failing().callback(4, 0)),
                breaks("E9", "the next without", between().callback(4, 0)),
                breaks("E9", "microtasks first", between().callback(3, 0)),
                breaks("E9", "a tick among microtasks", micros().callback(2, 0)),
                keeps("E9", "a tick after microtasks", micros().callback(3, 0).callback(2, 0)),
                passesOver("E9", Result.NOT_EXERCISED, "asyncio", run(asyncio(), 1)));
    }

    /// Immediate 1 has run and queued tick 2 and microtask 3; immediate 4 waits.
    private static Story between() {
        Story story = post(post(node(), 1, LoopQueue.CHECK), 4, LoopQueue.CHECK).begin(1, 0);
        return post(post(story, 2, LoopQueue.TICK), 3, LoopQueue.MICROTASK).end(1, 0);
    }

    private static Story failing() {
        Story story = post(post(node(), 1, LoopQueue.CHECK), 4, LoopQueue.CHECK).begin(1, 0);
        return post(story, 2, LoopQueue.TICK)
                .record(Kind.CALLBACK_END, 0, 1, 1, LoopQueue.pack(0, LoopQueue.FAILED));
    }

    /// Microtask 5 has run and queued tick 2; microtask 3 waits.
    private static Story micros() {
        Story story = post(post(node(), 5, LoopQueue.MICROTASK), 3, LoopQueue.MICROTASK);
        return post(story.begin(5, 0), 2, LoopQueue.TICK).end(5, 0);
    }

    static Stream<Case> sleeps() {
        return Stream.of(
                keeps("E10", "it polls", polling(0).leave(1, POLL_CALL)),
                keeps(
                        "E10",
                        "an immediate, and it polls",
                        polling(LoopQueue.CHECK).leave(1, POLL_CALL)),
                breaks("E10", "it sleeps beside a post", polling(0).block(0, 1, 2, S)),
                passesOver(
                        "E10",
                        Result.NOT_EXERCISED,
                        "what a phase does not wait for",
                        polling(LoopQueue.POLL).block(0, 1, 2, S)));
    }

    /// Task 1 runs loop 0, posts to itself and polls.
    private static Story polling(int queue) {
        Story story = story().fact("syscalls", "read epoll_wait").fact("flavour.0", "node libuv");
        story = post(LawsTest.two(story).iteration(0, 1), 7, queue);
        return story.enter(1, POLL_CALL, 3);
    }

    static Stream<Case> order() {
        return Stream.of(
                keeps("E7", "by deadline", fired(fired(timers(asyncio(), 20, 10), 1, 20), 0, 20)),
                keeps("E7", "equal ones as the heap has them", fired(four(), 0, 10, 2, 1, 3)),
                breaks("E7", "equal ones FIFO", fired(four(), 0, 10, 1, 2, 3)),
                breaks("E7", "a later one first", fired(timers(asyncio(), 20, 10), 0, 20)),
                keeps("E7", "of one duration in order", fired(lists(5, 5), 0, 10, 1)),
                breaks("E7", "of one duration, the younger first", fired(lists(5, 5), 1, 10, 0)),
                keeps("E7", "of two durations", fired(lists(5, 3), 1, 10, 0)));
    }

    private static Story four() {
        return timers(asyncio(), 10, 10, 10, 10);
    }

    private static long firstTimer;

    private static Story timers(Story story, long... deadlines) {
        firstTimer = story.last() + 1;
        for (long deadline : deadlines) {
            story.record(Kind.LOOP_TIMER_START, 0, 1, deadline, 0);
        }
        return story;
    }

    private static Story lists(long... durations) {
        Story story = node();
        firstTimer = story.last() + 1;
        for (long ms : durations) {
            story.record(Kind.LOOP_TIMER_START, 0, 1, ms, LoopQueue.pack(0, (int) ms));
        }
        return story;
    }

    private static Story fired(Story story, int timer, long t, int... more) {
        story.at(t).record(Kind.CALLBACK_POST, 0, 1, 100 + timer, 0, firstTimer + timer);
        for (int next : more) {
            story.record(Kind.CALLBACK_POST, 0, 1, 100 + next, 0, firstTimer + next);
        }
        return story;
    }
}
