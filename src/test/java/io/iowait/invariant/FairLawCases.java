package io.iowait.invariant;

import static io.iowait.invariant.LawsTest.MS;
import static io.iowait.invariant.LawsTest.breaks;
import static io.iowait.invariant.LawsTest.keeps;
import static io.iowait.invariant.LawsTest.passesOver;
import static io.iowait.invariant.LawsTest.story;
import static io.iowait.invariant.LawsTest.two;

import io.iowait.invariant.LawsTest.Case;
import io.iowait.tracepoint.FairState;
import io.iowait.tracepoint.Kind;
import java.util.stream.Stream;

/// Traces for [LawsTest] that keep or break the laws of virtual deadlines: two tasks of nice 0 with
/// requests of 1 ms, and a tick as long.
final class FairLawCases {
    private FairLawCases() {}

    private static Story tell(Story story, int what, int task, long a, long value) {
        return story.record(Kind.FAIR_STATE, 0, task, a, FairState.pack(what, value));
    }

    /// Both have come, and nobody runs.
    private static Story both() {
        Story story =
                story().fact("cpus", 1)
                        .fact("hz", 1000)
                        .fact("classes", "eevdf")
                        .fact("traits.0", "central tick fair eevdf")
                        .fact(
                                "policy.0",
                                "slice_ns=1000000 run_to_parity=1 delay_dequeue=1 preempt_short=1 protect_virtual=1 place_lag=1");
        tell(story.at(0).born(1, 0), FairState.PLACE, 1, 0, MS);
        return tell(story.born(2, 0), FairState.PLACE, 2, 0, MS);
    }

    private static Story runs(Story story, int task, long protectedNs) {
        return tell(story, FairState.RUN, task, protectedNs, 0);
    }

    /// The first has run for so long and is charged.
    private static Story ran(long ns, long virtualNs) {
        Story story = runs(both().run(0, 1), 1, MS).at(ns);
        return tell(story, FairState.CHARGE, 1, virtualNs, ns);
    }

    /// The first has made another request.
    private static Story renewed() {
        return tell(ran(MS, MS), FairState.RENEW, 1, MS, MS);
    }

    /// The second has the CPU after the first.
    private static Story turn() {
        return runs(renewed().preempt(0, 1, 2), 2, MS);
    }

    /// The second sleeps, when both have had as much.
    private static Story sleeps(long keptNs, long lagNs) {
        Story story = tell(turn().at(2 * MS), FairState.CHARGE, 2, MS, MS);
        tell(story, FairState.RENEW, 2, MS, MS).dequeue(2, 0);
        tell(story, FairState.SLEEP, 2, keptNs, lagNs).switchTo(0, 2, 1, Story.S);
        return runs(story, 1, MS);
    }

    private static Story wakes(long vruntimeNs) {
        Story story = sleeps(0, 0).timer(1, 2 * MS).early(0, 2, 0, Story.S).enqueue(2, 0);
        return tell(story, FairState.PLACE, 2, vruntimeNs, MS);
    }

    private static Story goesIdle() {
        Story story = renewed().dequeue(1, 0);
        return tell(story, FairState.MOVE, 1, -MS / 2, -MS / 2).switchTo(0, 1, Story.IDLE, Story.S);
    }

    static Stream<Case> all() {
        return Stream.of(
                keeps("F1", "the average of both", sleeps(0, 0)),
                breaks("F1", "an average rounded up", sleeps(0, 1)),
                passesOver("F1", Result.SKIPPED, "no virtual deadlines", two()),
                keeps("F2", "a turn each", turn()),
                breaks("F2", "five turns in one", ran(5 * MS, 5 * MS)),
                keeps("F3", "the first to come", turn()),
                breaks("F3", "the second to come", runs(both().run(0, 2), 2, MS)),
                breaks("F3", "protected for too long", runs(both().run(0, 1), 1, 2 * MS)),
                keeps("F4", "another request", turn()),
                breaks("F4", "none", runs(ran(MS, MS).preempt(0, 1, 2), 2, MS)),
                breaks("F4", "too soon", tell(ran(10, 10), FairState.RENEW, 1, MS, MS)),
                keeps("F5", "who is eligible", turn()),
                breaks("F5", "the CPU goes idle", goesIdle()),
                keeps("F6", "no lag before, none after", wakes(MS)),
                breaks("F6", "a lag is kept that is none", sleeps(5, 0)),
                breaks("F6", "a lag out of nothing", wakes(MS / 2)),
                keeps("F7", "a millisecond is one", turn()),
                breaks("F7", "a millisecond is half of one", ran(MS, MS / 2)),
                breaks("F7", "charged and does not run", charged()));
    }

    private static Story charged() {
        return tell(turn().at(2 * MS), FairState.CHARGE, 1, MS, MS);
    }
}
