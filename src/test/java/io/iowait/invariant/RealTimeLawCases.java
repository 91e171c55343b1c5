package io.iowait.invariant;

import static io.iowait.invariant.LawsTest.MS;
import static io.iowait.invariant.LawsTest.breaks;
import static io.iowait.invariant.LawsTest.keeps;
import static io.iowait.invariant.LawsTest.passesOver;
import static io.iowait.invariant.LawsTest.story;
import static io.iowait.invariant.LawsTest.two;

import io.iowait.invariant.LawsTest.Case;
import io.iowait.tracepoint.Kind;
import java.util.stream.Stream;

/// Traces for [LawsTest] that keep or break the laws of priorities and of deadlines.
final class RealTimeLawCases {
    private static final int R = Story.R;
    private static final int SLEEP = 2;
    private static final long LOAN = Long.MAX_VALUE;

    private RealTimeLawCases() {}

    /// Tasks 1 and 2 of a class of priorities on one CPU; 2 is the more urgent.
    private static Story priorities() {
        return story().fact("cpus", 1)
                .fact("classes", "rt")
                .fact("traits.0", "central tick priority")
                .fact("priority.1", 1)
                .fact("priority.2", 2)
                .fact("pi_locks", "0");
    }

    private static Story equals() {
        return priorities().fact("priority.2", 1).fact("parameters.1", "sched_policy=2");
    }

    /// Task 1 holds the lock, for which the more urgent 2 waits.
    private static Story locked() {
        return priorities()
                .born(1, 0)
                .run(0, 1)
                .acquire(1, 0)
                .at(MS)
                .born(2, 0)
                .preempt(0, 1, 2)
                .waitLock(2, 0, 1);
    }

    private static Story deadlines() {
        return story().fact("cpus", 1)
                .fact("hz", 1000)
                .fact("classes", "dl")
                .fact("traits.0", "central tick deadline non-conserving")
                .fact("parameters.1", "dl_runtime_ns=1000000 dl_deadline_ns=10000000")
                .fact("parameters.2", "dl_runtime_ns=1000000 dl_deadline_ns=20000000");
    }

    private static Story state(Story story, int task, long deadlineNs, long budgetNs) {
        return story.record(Kind.POLICY_STATE, 0, task, deadlineNs, budgetNs);
    }

    /// Task 1 has run for half its budget and sleeps from 0.5 ms on.
    private static Story asleep() {
        Story story = state(deadlines().born(1, 0), 1, 10 * MS, MS).run(0, 1).at(MS / 2);
        return state(story, 1, 10 * MS, MS / 2).block(0, 1, Story.IDLE, Story.S);
    }

    private static Story woken(long at) {
        return asleep().at(at).early(0, 1, 0, Story.S).record(Kind.ENQUEUE, 0, 1, 0, SLEEP);
    }

    private static Story usedUp() {
        Story story = state(deadlines().born(1, 0), 1, 10 * MS, MS).run(0, 1).at(MS);
        return state(story, 1, 10 * MS, 0).switchTo(0, 1, Story.IDLE, R);
    }

    static Stream<Case> all() {
        return Stream.of(
                keeps("T1", "the urgent one preempts", two(priorities()).at(10).preempt(0, 1, 2)),
                breaks("T1", "the urgent one waits", two(priorities()).at(MS).preempt(0, 1, 2)),
                breaks("T1", "it waits to the end", two(priorities()).at(MS)),
                keeps("T1", "equals take turns", two(equals()).at(100 * MS).preempt(0, 1, 2)),
                breaks("T1", "an equal has no turn", two(equals()).at(200 * MS)),
                passesOver("T1", Result.SKIPPED, "no priorities", two()),
                keeps("T2", "the owner inherits", lent().block(0, 2, 1, Story.S)),
                breaks("T2", "the owner does not", locked().block(0, 2, 1, Story.S)),
                breaks("T2", "nothing is given back", kept()),
                breaks("T2", "the less urgent one gets it", passed()),
                keeps("T3", "the owner runs", lent().block(0, 2, 1, Story.S).at(9 * MS)),
                breaks("T3", "another one runs", inverted()),
                keeps(
                        "T3",
                        "the owner gets a budget",
                        state(beside(0), 1, 20 * MS, MS).preempt(0, 3, 1)),
                breaks("T3", "the owner has a budget", beside(MS).preempt(0, 3, 1)),
                breaks("T3", "the owner was lent a deadline", beside(LOAN).preempt(0, 3, 1)),
                keeps("T4", "within its share", state(woken(4 * MS), 1, 10 * MS, MS / 2)),
                breaks("T4", "anew within its share", state(woken(4 * MS), 1, 14 * MS, MS)),
                keeps("T4", "anew beyond its share", state(woken(8 * MS), 1, 18 * MS, MS)),
                breaks("T4", "kept beyond its share", state(woken(8 * MS), 1, 10 * MS, MS / 2)),
                keeps("T5", "a new budget", state(usedUp().at(10 * MS), 1, 20 * MS, MS)),
                breaks("T5", "a new budget too soon", state(usedUp().at(5 * MS), 1, 20 * MS, MS)),
                breaks("T5", "no new budget", usedUp().at(15 * MS)),
                breaks("T5", "runs without", usedUp().at(2 * MS).run(0, 1)),
                keeps("T5", "a loan ends", state(loanOver().at(5 * MS), 1, 20 * MS, -MS / 2)),
                breaks("T5", "no charge since", state(loanOver().at(5 * MS), 1, 20 * MS, MS / 2)),
                keeps("T6", "its runtime", runs(2 * MS)),
                keeps(
                        "T6",
                        "five more by a loan",
                        loanOver()
                                .at(5 * MS)
                                .preempt(0, 1, Story.IDLE)
                                .at(20 * MS)
                                .run(0, 1)
                                .after(MS / 2)
                                .preempt(0, 1, Story.IDLE)),
                breaks("T6", "three runtimes and a tick", runs(5 * MS)),
                keeps("T7", "the earlier one first", both(1)),
                breaks("T7", "the later one first", both(2)),
                breaks(
                        "T7",
                        "the later one, lent",
                        state(both(1), 2, 5 * MS, LOAN).preempt(0, 1, Story.IDLE).run(0, 1)),
                keeps("T8", "a runtime each period", served(3)),
                breaks("T8", "nothing for ever", served(0)),
                keeps("T8", "nothing beside a loan", besideLoan(LOAN)),
                breaks("T8", "nothing beside no loan", besideLoan(MS)));
    }

    private static Story lent() {
        return locked().record(Kind.SCHED_PI_SETPRIO, 0, 1, 97, 98);
    }

    private static Story kept() {
        return lent().block(0, 2, 1, Story.S)
                .at(2 * MS)
                .release(1, 0)
                .early(0, 2, 0, Story.S)
                .enqueue(2, 0)
                .preempt(0, 1, 2)
                .acquire(2, 0)
                .release(2, 0)
                .at(3 * MS)
                .block(0, 2, 1, Story.S);
    }

    /// Both wait for a lock that was free for a moment.
    private static Story passed() {
        return priorities().born(1, 0).born(2, 0).run(0, 2).waitLock(2, 0, -1).acquire(1, 0);
    }

    /// Task 3, less urgent than 2, runs instead of the owner.
    private static Story inverted() {
        return lent().fact("priority.3", 1)
                .born(3, 0)
                .block(0, 2, 3, Story.S)
                .at(9 * MS)
                .preempt(0, 3, 1);
    }

    /// Task 3, real-time, runs while 2 waits for a lock that 1 holds; both are of the deadline
    /// class.
    private static Story beside(long budgetNs) {
        Story story =
                deadlines()
                        .fact("classes", "dl rt fair")
                        .fact("traits.1", "central tick priority")
                        .fact("pi_locks", "0");
        state(story.born(1, 0), 1, 10 * MS, MS).run(0, 1).acquire(1, 0);
        state(state(story.born(2, 0), 2, 20 * MS, MS), 1, 10 * MS, budgetNs);
        return story.preempt(0, 1, 2)
                .waitLock(2, 0, 1)
                .ofClass(1)
                .born(3, 0)
                .ofClass(0)
                .block(0, 2, 3, Story.S)
                .at(10 * MS);
    }

    /// From 1 to 4 ms task 1 runs on a deadline that it was lent.
    private static Story loanOver() {
        Story story = state(deadlines().born(1, 0), 1, 10 * MS, MS).run(0, 1).at(MS);
        return state(state(story, 1, 5 * MS, LOAN).at(4 * MS), 1, 20 * MS, MS / 2);
    }

    private static Story besideLoan(long budgetNs) {
        Story story = state(deadlines().born(1, 0).born(2, 0), 2, 5 * MS, budgetNs);
        return story.run(0, 2).at(48 * MS).block(0, 2, 1, Story.S).at(50 * MS);
    }

    private static Story runs(long ns) {
        return deadlines().born(1, 0).run(0, 1).at(ns).preempt(0, 1, Story.IDLE);
    }

    private static Story both(int first) {
        Story story = state(deadlines().born(1, 0), 1, 10 * MS, MS);
        return state(story.born(2, 0), 2, 20 * MS, MS).run(0, first);
    }

    /// So many milliseconds in five periods.
    private static Story served(long ms) {
        Story story = deadlines().born(1, 0).run(0, 1).at(ms * MS);
        return story.switchTo(0, 1, Story.IDLE, R).at(50 * MS);
    }
}
