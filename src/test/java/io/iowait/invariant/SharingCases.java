package io.iowait.invariant;

import static io.iowait.invariant.LawsTest.breaks;
import static io.iowait.invariant.LawsTest.keeps;
import static io.iowait.invariant.LawsTest.linux;
import static io.iowait.invariant.LawsTest.passesOver;
import static io.iowait.invariant.LawsTest.story;
import static io.iowait.invariant.Story.IDLE;
import static io.iowait.invariant.Story.S;

import io.iowait.invariant.LawsTest.Case;
import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import java.util.stream.Stream;

/// Traces for [LawsTest] that keep or break the laws of queues of waiters, of what is shared, of a
/// loop's timers and of its workers.
final class SharingCases {
    private static final int READ = 0;
    private static final int POLL = 1;
    private static final int BARRIER = 3;
    private static final int COND_WAIT = 4;
    private static final int COND_WAKE = 5;
    private static final long CROSSED = 20_000_000; // longer than CPUs may cross

    private SharingCases() {}

    /// Tasks 1, 2 and 3 on one CPU; 1 runs.
    private static Story three() {
        return named().fact("cpus", 1).at(0).born(1, 0).born(2, 0).born(3, 0).run(0, 1);
    }

    private static Story named() {
        return story().fact("syscalls", "read epoll_wait write barrier cond_wait cond_wake");
    }

    /// Tasks 1 and 2 sleep in a call for the same, task 1 for longer; 3 runs.
    private static Story asleep(int call) {
        return three().enter(1, call, 7)
                .block(0, 1, 2, S)
                .enter(2, call, 7)
                .block(0, 2, 3, S)
                .enter(3, 2, 7);
    }

    static Stream<Case> order() {
        return Stream.of(
                keeps("L5", "the oldest first", woken(woken(asleep(READ), 1), 2)),
                keeps("L5", "several readers by one thing, in any order", both(asleep(READ), 2, 1)),
                keeps(
                        "L5",
                        "a signal picks anybody",
                        woken(asleep(READ).signal(2).wake(0, 2, 0, S), 1)),
                keeps("L5", "epoll: the newest first", woken(woken(asleep(POLL), 2), 1)),
                breaks("L5", "a younger one first", woken(woken(asleep(READ), 2), 1)),
                breaks("L5", "a younger one instead", woken(asleep(READ), 2).after(1)),
                breaks("L5", "a barrier's last first", both(asleep(BARRIER), 2, 1)),
                breaks("L5", "epoll: the oldest first", woken(woken(asleep(POLL), 1), 2)),
                keeps("L5", "wake-ups of two CPUs cross", crossing(2).at(5)),
                breaks("L5", "one of two CPUs forgets", crossing(0).at(CROSSED)),
                passesOver("L5", Result.SKIPPED, "no causes", linux().switchTo(0, 5, 6, S)));
    }

    private static Story woken(Story story, int task) {
        return story.enter(3, 2, 7).wake(0, task, 0, S);
    }

    private static Story both(Story story, int first, int second) {
        long cause = story.last();
        for (int task : new int[] {first, second}) {
            story.record(Kind.SCHED_WAKING, 0, task, 3, 0, cause)
                    .record(Kind.SCHED_WAKEUP, 0, task, 0, S, story.last())
                    .enqueue(task, 0);
        }
        return story;
    }

    /// The older sleeper is woken by the other CPU, which asked for it before, and tells it later.
    private static Story crossing(int cpus) {
        Story story =
                named().born(1, 0)
                        .born(2, 0)
                        .born(3, 0)
                        .run(0, 1)
                        .enter(1, READ, 7)
                        .block(0, 1, 2, S)
                        .enter(2, READ, 7)
                        .block(0, 2, 3, S)
                        .enter(3, 2, 7);
        long asked = story.last();
        story.wake(0, 2, 0, S);
        return cpus == 0
                ? story
                : story.record(Kind.SCHED_WAKING, 1, 1, IDLE, 0, asked)
                        .record(Kind.SCHED_WAKEUP, 1, 1, 0, S, story.last())
                        .enqueue(1, 0);
    }

    static Stream<Case> counts() {
        return Stream.of(
                keeps("L6", "one after the other", three().acquire(1, 5).release(1, 5)),
                breaks("L6", "two owners", three().acquire(1, 5).acquire(2, 5)),
                breaks("L6", "given up by another", three().acquire(1, 5).release(2, 5)),
                keeps(
                        "L6",
                        "no more than there is",
                        semaphore(true).record(Kind.RUN_END, -1, -1, 0, 0)),
                breaks("L6", "more than there is", semaphore(false)),
                keeps("L6", "all have come", meeting(2)),
                breaks("L6", "one is missing", meeting(3)),
                keeps("L6", "as many as asked", condition(1)),
                breaks("L6", "more than asked", condition(2)),
                passesOver("L6", Result.SKIPPED, "not all told", linux().acquire(1, 5)));
    }

    private static Story semaphore(boolean given) {
        Story story = three().fact("semaphore.5", 1).record(Kind.LOCK_ACQUIRE, 0, 1, 5, 1);
        return (given ? story.record(Kind.LOCK_RELEASE, 0, 1, 5, 1) : story)
                .record(Kind.LOCK_ACQUIRE, 0, 1, 5, 1);
    }

    private static Story meeting(int parties) {
        return three().fact("barrier.7", parties)
                .enter(1, BARRIER, 7)
                .block(0, 1, 2, S)
                .enter(2, BARRIER, 7)
                .wake(0, 1, 0, S)
                .leave(2, BARRIER);
    }

    private static Story condition(int woken) {
        return three().enter(1, COND_WAKE, 7 | 1L << 32)
                .record(Kind.SYS_EXIT, 0, 1, COND_WAKE, woken);
    }

    /// Cases of law L2 beyond those of files and locks.
    static Stream<Case> shared() {
        return Stream.of(
                keeps("L2", "a barrier", meeting(2)),
                breaks("L2", "a barrier keeps one", lastOfThree()),
                keeps("L2", "a condition", hoping().wake(0, 1, 0, S).leave(2, COND_WAKE)),
                breaks("L2", "a condition's wake", hoping().leave(2, COND_WAKE)),
                keeps(
                        "L2",
                        "soon, by another CPU",
                        hopingOnTwo().at(5).wake(1, 1, 0, S).at(CROSSED)),
                breaks("L2", "never, on two CPUs", hopingOnTwo().at(CROSSED)));
    }

    private static Story lastOfThree() {
        return asleep(BARRIER)
                .fact("barrier.7", 3)
                .enter(3, BARRIER, 7)
                .wake(0, 1, 0, S)
                .leave(3, BARRIER);
    }

    private static Story hoping() {
        return three().enter(1, COND_WAIT, 7).block(0, 1, 2, S).enter(2, COND_WAKE, 7 | 1L << 32);
    }

    private static Story hopingOnTwo() {
        return named().born(1, 0)
                .born(2, 0)
                .run(0, 1)
                .enter(1, COND_WAIT, 7)
                .block(0, 1, 2, S)
                .enter(2, COND_WAKE, 7 | 1L << 32)
                .leave(2, COND_WAKE);
    }

    // ---------------------------------------------------------------- loops

    static Stream<Case> loopTimers() {
        return Stream.of(
                keeps("E5", "at its time", fired(armed(10).at(10))),
                keeps("E5", "cancelled, and another", fired(late(cancelled(armed(10)).at(10)))),
                breaks("E5", "a nanosecond early", fired(armed(10).at(9))),
                breaks("E5", "twice", fired(fired(armed(10).at(10)))),
                breaks("E5", "after its end", fired(cancelled(armed(10)).at(10))),
                keeps("E6", "by the poll that sees it", fired(polled(polled(armed(10), 5), 12))),
                keeps(
                        "E6",
                        "set after the poll",
                        fired(polled(late(polled(named().iteration(0, 1), 12)), 13))),
                breaks("E6", "a poll too late", fired(polled(polled(armed(10), 12), 13))),
                breaks("E6", "never", polled(polled(armed(10), 12), 13)),
                passesOver(
                        "E6",
                        Result.NOT_EXERCISED,
                        "another family of loops",
                        fired(polled(polled(armed(10).fact("flavour.0", "node"), 12), 13))));
    }

    private static long armedAt;

    private static Story armed(long deadline) {
        return late(named().iteration(0, 1), deadline);
    }

    private static Story late(Story story) {
        return late(story, 10);
    }

    private static Story late(Story story, long deadline) {
        story.record(Kind.LOOP_TIMER_START, 0, 1, deadline, 0);
        armedAt = story.last();
        return story;
    }

    private static Story cancelled(Story story) {
        return story.record(Kind.LOOP_TIMER_CANCEL, 0, 1, 10, 0, armedAt);
    }

    private static Story fired(Story story) {
        return story.record(Kind.CALLBACK_POST, 0, 1, 1, 0, armedAt);
    }

    private static Story polled(Story story, long t) {
        return story.iteration(0, t).at(t).leave(1, POLL);
    }

    static Stream<Case> workers() {
        return Stream.of(
                keeps("E11", "woken by the write", outside().wake(0, 1, 0, S).leave(2, 2)),
                keeps(
                        "E11",
                        "it is awake",
                        outside()
                                .wake(0, 1, 0, S)
                                .block(0, 2, 1, S)
                                .leave(1, POLL)
                                .post(2, 0)
                                .wake(0, 2, 0, S)
                                .leave(2, 2)),
                breaks("E11", "it sleeps on", outside().leave(2, 2)),
                keeps("E12", "in order", job(job(pool(2), 2, 0), 3, 1)),
                keeps("E12", "one is dropped", job(dropped(pool(1), 0), 2, 1)),
                breaks("E12", "out of order", job(pool(2), 2, 1)),
                breaks("E12", "a worker too many", job(job(pool(1), 2, 0), 3, 1)),
                breaks("E12", "a result twice", result(job(pool(2), 2, 0), 2, 0)),
                breaks("E12", "no result", begin(ended(begin(pool(2), 2, 0), 2, 0), 2, 1)),
                breaks("E12", "no result at the end", ended(begin(pool(2), 2, 0), 2, 0).after(5)),
                breaks("E12", "to another loop", result(ended(begin(pool(2), 2, 0), 2, 0), 2, 1)),
                breaks("E12", "two jobs at once", begin(begin(pool(2), 2, 0), 2, 1)),
                breaks("E12", "a job twice", job(job(pool(2), 2, 0), 2, 0)));
    }

    /// Task 1 runs loop 0 and sleeps in its poll; task 2 has posted to it and writes.
    private static Story outside() {
        return three().iteration(0, 1)
                .enter(1, POLL, 3)
                .block(0, 1, 2, S)
                .record(Kind.CALLBACK_POST, 0, 2, 1, 0)
                .enter(2, 2, 4);
    }

    /// Task 1 runs loop 0 and has handed jobs 0 and 1 to pool 2, of this many workers.
    private static Story pool(int workers) {
        return three().fact("workers.2", workers)
                .iteration(0, 1)
                .record(Kind.JOB_SUBMIT, 0, 1, 0, 2)
                .record(Kind.JOB_SUBMIT, 0, 1, 1, 2);
    }

    private static Story begin(Story story, int worker, long job) {
        return story.record(Kind.JOB_BEGIN, 0, worker, job, 2);
    }

    private static Story ended(Story story, int worker, long job) {
        return story.record(Kind.JOB_END, 0, worker, job, 2);
    }

    private static Story dropped(Story story, long job) {
        return story.record(Kind.JOB_CANCEL, 0, 1, job, 2);
    }

    private static Story result(Story story, int worker, long loop) {
        return story.record(
                Kind.CALLBACK_POST, 0, worker, 100 + story.last(), loop, Block.NO_CAUSE);
    }

    private static Story job(Story story, int worker, long job) {
        return result(ended(begin(story, worker, job), worker, job), worker, 0);
    }
}
