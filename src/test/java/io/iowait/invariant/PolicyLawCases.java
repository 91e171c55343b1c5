package io.iowait.invariant;

import static io.iowait.invariant.LawsTest.MS;
import static io.iowait.invariant.LawsTest.breaks;
import static io.iowait.invariant.LawsTest.interrupted;
import static io.iowait.invariant.LawsTest.keeps;
import static io.iowait.invariant.LawsTest.passesOver;
import static io.iowait.invariant.LawsTest.rr;
import static io.iowait.invariant.LawsTest.story;
import static io.iowait.invariant.LawsTest.two;

import io.iowait.invariant.LawsTest.Case;
import java.util.stream.Stream;

/// Traces for [LawsTest] that keep or break the laws of fair shares and of feedback queues.
final class PolicyLawCases {
    private PolicyLawCases() {}

    private static Story fair() {
        return story().fact("cpus", 1)
                .fact("classes", "rt fair")
                .fact("traits.1", "central exact fair")
                .fact("slice.1", MS)
                .fact("slack", 1000)
                .fact("nice.2", 5)
                .ofClass(1);
    }

    private static Story mlfq() {
        return story().fact("cpus", 1)
                .fact("profile", "zero")
                .fact("classes", "rt mlfq")
                .fact("traits.1", "central exact")
                .fact("policy.1", "levels=1000000:1,2000000:1 boost_ns=20000000")
                .ofClass(1);
    }

    static Stream<Case> shares() {
        return Stream.of(
                keeps(
                        "F8",
                        "three times the weight",
                        two(fair()).at(3 * MS).preempt(0, 1, 2).at(4 * MS).preempt(0, 2, 1)),
                breaks("F8", "nobody lets go", two(fair()).at(40 * MS)),
                breaks("F8", "far ahead", two(fair()).at(40 * MS).preempt(0, 1, 2)),
                breaks(
                        "F8",
                        "weights are forgotten",
                        two(fair())
                                .at(MS)
                                .preempt(0, 1, 2)
                                .at(20 * MS)
                                .preempt(0, 2, 1)
                                .at(21 * MS)
                                .preempt(0, 1, 2)),
                keeps(
                        "F8",
                        "an idle task gets the rest",
                        two(fair().fact("parameters.2", "sched_policy=5"))
                                .at(40 * MS)
                                .preempt(0, 1, 2)
                                .at(40 * MS + 100_000)
                                .preempt(0, 2, 1)),
                breaks(
                        "F8",
                        "an idle task as heavy as others",
                        two(fair().fact("parameters.2", "sched_policy=5"))
                                .at(MS)
                                .preempt(0, 1, 2)
                                .at(20 * MS)
                                .preempt(0, 2, 1)),
                passesOver("F8", Result.SKIPPED, "no such class", two()),
                keeps(
                        "F11",
                        "a quantum each, and down",
                        two(mlfq())
                                .at(MS)
                                .preempt(0, 1, 2)
                                .at(2 * MS)
                                .preempt(0, 2, 1)
                                .at(3 * MS)
                                .exit(0, 1, 2)),
                keeps(
                        "F11",
                        "a boost at the end of its quantum",
                        two(mlfq().fact("policy.1", "levels=1000000:1,2000000:1 boost_ns=4000000"))
                                .at(MS)
                                .preempt(0, 1, 2)
                                .at(2 * MS)
                                .preempt(0, 2, 1)
                                .at(4 * MS + 500)
                                .exit(0, 1, 2)),
                breaks("F11", "past its quantum", two(mlfq()).at(3 * MS).preempt(0, 1, 2)),
                breaks(
                        "F11",
                        "a higher level is passed over",
                        two(mlfq())
                                .at(MS)
                                .preempt(0, 1, 2)
                                .at(MS + 500)
                                .born(3, 0)
                                .at(2 * MS)
                                .preempt(0, 2, 1)),
                breaks(
                        "F11",
                        "no boost",
                        two(mlfq())
                                .at(MS)
                                .preempt(0, 1, 2)
                                .at(2 * MS)
                                .preempt(0, 2, 1)
                                .at(2 * MS + 1)
                                .exit(0, 1, 2)
                                .at(19 * MS)
                                .born(3, 0)
                                .preempt(0, 2, 3)
                                .at(20 * MS)
                                .preempt(0, 3, 2)
                                .at(22 * MS)
                                .preempt(0, 2, 3)),
                passesOver("F11", Result.SKIPPED, "costs", two(mlfq().fact("profile", "x"))),
                breaks(
                        "L1",
                        "beyond the limit of its class",
                        two(rr().fact("starvation_limit.1", 5 * MS)).at(6 * MS).preempt(0, 1, 2)),
                keeps(
                        "L1",
                        "more important ones do not count",
                        interrupted(two(rr().fact("starvation_limit.1", 5 * MS)).at(MS), 1, 1)
                                .at(8 * MS)
                                .preempt(0, 1, 2)),
                breaks("L1", "a boost is missing", two(mlfq()).at(30 * MS).preempt(0, 1, 2)));
    }
}
