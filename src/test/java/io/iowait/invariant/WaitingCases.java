package io.iowait.invariant;

import static io.iowait.invariant.LawsTest.breaks;
import static io.iowait.invariant.LawsTest.keeps;
import static io.iowait.invariant.LawsTest.linux;
import static io.iowait.invariant.LawsTest.passesOver;
import static io.iowait.invariant.LawsTest.story;
import static io.iowait.invariant.LawsTest.two;
import static io.iowait.invariant.Story.D;
import static io.iowait.invariant.Story.S;

import io.iowait.invariant.LawsTest.Case;
import io.iowait.tracepoint.Irq;
import io.iowait.tracepoint.Kind;
import java.util.stream.Stream;

/// Traces for the laws of waiting: batches of loops, devices, wake-ups.
final class WaitingCases {
    private static final long MS = 1_000_000;

    private WaitingCases() {}

    static Stream<Case> batches() {
        return Stream.of(
                keeps(
                        "E3",
                        "what a callback posts runs in the next iteration",
                        iterating()
                                .begin(1, 0)
                                .post(2, 0)
                                .end(1, 0)
                                .iteration(0, 2)
                                .callback(2, 0)),
                keeps(
                        "E3",
                        "what the poll posts runs now",
                        iterating().callback(1, 0).iteration(0, 2).post(2, 0).callback(2, 0)),
                breaks(
                        "E3",
                        "in the same iteration",
                        iterating().begin(1, 0).post(2, 0).end(1, 0).callback(2, 0)),
                breaks(
                        "E3",
                        "an iteration too late",
                        iterating().iteration(0, 2).iteration(0, 3).callback(1, 0)),
                passesOver(
                        "E3",
                        Result.NOT_EXERCISED,
                        "another family of loops",
                        story().fact("flavour.0", "node")
                                .iteration(0, 1)
                                .post(1, 0)
                                .callback(1, 0)),
                keeps(
                        "E4",
                        "begins afterwards",
                        story().post(1, 0).begin(1, 0).post(2, 0).end(1, 0).callback(2, 0)),
                breaks(
                        "E4",
                        "begins inside",
                        story().post(1, 0).begin(1, 0).post(2, 0).begin(2, 0)));
    }

    private static Story iterating() {
        return story().post(1, 0).iteration(0, 1);
    }

    private static final int READ = 0;
    private static final int POLL = 1;

    private static Story calls() {
        return two(
                story().fact("cpus", 1).fact("syscalls", "read epoll_wait write timerfd_settime"));
    }

    /// Device 0 is polled.
    private static Story polled() {
        return two(story().fact("cpus", 1).fact("poll_ns.0", 1_000));
    }

    /// Task 1 sleeps in a read of descriptor 7 for request 5.
    private static Story reading(int state) {
        return calls().enter(1, READ, 7).submit(1, 5).block(0, 1, 2, state);
    }

    static Stream<Case> devices() {
        return Stream.of(
                keeps(
                        "I2",
                        "by an interrupt",
                        two().submit(1, 5).complete(5).irq(0, Irq.DEVICE).deliver(1, 5)),
                keeps(
                        "I2",
                        "by the interrupt in progress",
                        two().submit(1, 5).irq(0, Irq.TIMER).complete(5).deliver(1, 5)),
                breaks("I2", "by nothing", two().submit(1, 5).complete(5).deliver(1, 5)),
                keeps("I2", "found by a look", polled().submit(1, 5).complete(5).deliver(1, 5)),
                breaks(
                        "I2",
                        "found by a look, by one who slept",
                        polled().submit(1, 5)
                                .block(0, 1, 2, S)
                                .complete(5)
                                .at(9_000)
                                .wake(0, 1, 0, S)
                                .preempt(0, 2, 1)
                                .deliver(1, 5)),
                breaks(
                        "I2",
                        "a gap is no interrupt",
                        two().submit(1, 5).complete(5).irq(0, Irq.HOST_GAP).deliver(1, 5)),
                keeps("I3", "D until done", reading(D).complete(5).wake(0, 1, 0, D)),
                keeps("I3", "S until a signal", reading(S).signal(1).wake(0, 1, 0, S)),
                breaks(
                        "I3",
                        "woken too early",
                        reading(S).timer(1, 0).expire(1, 0).wake(0, 1, 0, S)),
                breaks("I3", "D ends by a signal", reading(D).signal(1).wake(0, 1, 0, D)),
                passesOver("I3", Result.SKIPPED, "calls have no names", two()),
                keeps("I4", "one by one", serving().at(10).complete(5).at(20).complete(6)),
                keeps(
                        "I4",
                        "after a rest",
                        serving()
                                .at(10)
                                .complete(5)
                                .at(20)
                                .complete(6)
                                .at(50)
                                .submit(1, 7)
                                .at(60)
                                .complete(7)),
                breaks("I4", "more than its channels", serving().at(10).complete(6)),
                breaks("I4", "idles beside work", serving().at(10).complete(5).at(21).complete(6)),
                passesOver("I4", Result.NOT_EXERCISED, "no facts", two().io(5)),
                keeps(
                        "I5",
                        "two overlap",
                        two().submit(1, 5).at(5).submit(2, 6).at(9).complete(5).at(12).complete(6)),
                breaks(
                        "I5",
                        "departs from another device",
                        two().at(5)
                                .submit(1, 5)
                                .at(7)
                                .record(Kind.REQUEST_SUBMIT, 0, 2, 6, 1)
                                .at(9)
                                .complete(6)));
    }

    private static Story serving() {
        return two(story().fact("channels.0", 1).fact("service_ns.0", 10))
                .submit(1, 5)
                .submit(1, 6);
    }

    static Stream<Case> wakeups() {
        return Stream.of(
                keeps(
                        "L2",
                        "by the interrupt",
                        served(reading(D)).wake(0, 1, 0, D).irqEnd(0, Irq.DEVICE)),
                keeps(
                        "L2",
                        "nobody waits",
                        calls().enter(1, READ, 7)
                                .submit(1, 5)
                                .complete(5)
                                .leave(1, READ)
                                .block(0, 1, 2, S)
                                .timer(1, 0)
                                .expire(1, 0)
                                .wake(0, 1, 0, S)),
                breaks("L2", "a completion", served(reading(D)).irqEnd(0, Irq.DEVICE)),
                breaks("L2", "a lost interrupt", reading(D).complete(5).at(MS)),
                breaks(
                        "L2",
                        "a sleep's end",
                        sleeping()
                                .irq(0, Irq.TIMER)
                                .record(Kind.TIMER_EXPIRE, 0, 1, 1, 0)
                                .irqEnd(0, Irq.TIMER)),
                breaks("L2", "a signal", sleeping().enter(2, READ, 1).signal(1).leave(2, READ)),
                keeps("L2", "a lock", locked().wake(0, 1, 0, S).leave(2, READ)),
                breaks("L2", "a lock's release", locked().leave(2, READ)),
                keeps(
                        "L2",
                        "epoll",
                        polled(
                                        polled(calls())
                                                .wake(0, 1, 0, S)
                                                .irqEnd(0, Irq.TIMER)
                                                .preempt(0, 2, 1)
                                                .leave(1, POLL))
                                .wake(0, 1, 0, S)
                                .irqEnd(0, Irq.TIMER)),
                breaks(
                        "L2",
                        "epoll forgets",
                        polled(
                                        polled(calls())
                                                .wake(0, 1, 0, S)
                                                .irqEnd(0, Irq.TIMER)
                                                .preempt(0, 2, 1)
                                                .leave(1, POLL))
                                .irqEnd(0, Irq.TIMER)),
                passesOver("L2", Result.SKIPPED, "no causes told", linux().switchTo(0, 5, 6, S)));
    }

    private static Story served(Story story) {
        return story.complete(5).irq(0, Irq.DEVICE);
    }

    private static Story sleeping() {
        return calls().enter(1, POLL, 3).block(0, 1, 2, S);
    }

    /// Task 1 sleeps for lock 7, which task 2 gives up in a call.
    private static Story locked() {
        return calls().acquire(2, 7)
                .waitLock(1, 7, 2)
                .block(0, 1, 2, S)
                .enter(2, READ, 1)
                .release(2, 7);
    }

    /// Task 1 arms descriptor 9 and sleeps in epoll instance 3; the timer fires.
    private static Story polled(Story story) {
        return story.enter(1, 3, 9)
                .timer(1L << 32, 0)
                .leave(1, 3)
                .enter(1, POLL, 3)
                .block(0, 1, 2, S)
                .irq(0, Irq.TIMER)
                .expire(1L << 32, 0);
    }
}
