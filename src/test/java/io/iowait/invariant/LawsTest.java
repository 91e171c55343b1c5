package io.iowait.invariant;

import static io.iowait.invariant.Story.D;
import static io.iowait.invariant.Story.IDLE;
import static io.iowait.invariant.Story.R;
import static io.iowait.invariant.Story.S;
import static io.iowait.invariant.Story.X;
import static org.assertj.core.api.Assertions.assertThat;

import io.iowait.tracepoint.Irq;
import io.iowait.tracepoint.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// For every law the smallest traces that keep it, and that break it.
class LawsTest {
    static final long MS = 1_000_000;
    private static final long DEADLINE = 31_000_000_000L; // beyond the starvation limit

    /// One trace and what the law says of it; `broken`, `found`, or else kept.
    record Case(String law, Result result, String name, Story story) {
        @Override
        public String toString() {
            return law + " " + result.word() + ": " + name;
        }
    }

    static Case keeps(String law, String name, Story story) {
        return new Case(law, Result.OK, name, story);
    }

    static Case breaks(String law, String name, Story story) {
        return new Case(law, Result.VIOLATED, name, story);
    }

    private static Case finds(String law, String name, Story story) {
        return new Case(law, Result.FINDING, name, story);
    }

    static Case passesOver(String law, Result result, String name, Story story) {
        return new Case(law, result, name, story);
    }

    static Story story() {
        return new Story();
    }

    /// Tasks 1 and 2 runnable on CPU 0, task 1 runs.
    static Story two() {
        return two(story());
    }

    static Story two(Story story) {
        return story.at(0).born(1, 0).born(2, 0).run(0, 1);
    }

    /// Kernel code of the only CPU is preempted within 100 ns; task 1 is to leave.
    static Story asked() {
        Story story = story().fact("cpus", 1).fact("preempt", "full");
        story.fact("preempt_bound_ns", 100).fact("syscalls", "sched_yield");
        return story.at(0)
                .born(1, 0)
                .born(2, 0)
                .born(3, 0)
                .run(0, 3)
                .block(0, 3, 1, S)
                .needResched(0, 1);
    }

    static Story linux() {
        return story().fact("source", "linux");
    }

    static Stream<Case> structure() {
        return Stream.of(
                keeps("G0", "anything sound", two()),
                breaks("G0", "a state beyond the table", two().switchTo(0, 1, 2, 99)),
                breaks("G0", "a CPU beyond the machine", two().switchTo(7, IDLE, 2, R)),
                breaks(
                        "G0",
                        "an effect before its cause",
                        two().record(Kind.TIMER_EXPIRE, 0, -1, 1, 0, 99)),
                breaks("G0", "no such kind", two().record(200, 0, 0, 0, 0)),
                breaks(
                        "G0",
                        "a task beyond all pids",
                        two().record(Kind.SYS_ENTER, 0, 1 << 30, 0, 0)),
                keeps("G1", "equal times", two()),
                keeps(
                        "G1",
                        "accounts of the dead",
                        two().at(5).exit(0, 1, 2).taskAccount(1, 5, 0, 0)),
                breaks("G1", "time goes back", two().at(-1).needResched(0, 1)),
                breaks("G1", "the dead are woken", two().exit(0, 1, 2).early(0, 1, 0, S)),
                breaks(
                        "G1",
                        "the dead call",
                        two().exit(0, 1, 2).record(Kind.SYS_ENTER, 0, 1, 3, 0)),
                keeps("G2", "switching", two().at(5).preempt(0, 1, 2)),
                keeps(
                        "G2",
                        "head of the trace is cut",
                        story().cutBefore(100).switchTo(0, 7, 8, S)),
                keeps(
                        "G2",
                        "a foreign switch is missing",
                        linux().fact("foreign", "8-9").switchTo(0, 7, 8, R).switchTo(0, 6, 7, S)),
                keeps(
                        "G2",
                        "a foreign task marked by name",
                        linux().fact("tasks.8-9", "!other")
                                .switchTo(0, 7, 8, R)
                                .switchTo(0, 6, 7, S)),
                breaks("G2", "runs on two CPUs", two().switchTo(1, IDLE, 1, R)),
                breaks("G2", "switches away from another", two().switchTo(0, 2, IDLE, S)),
                breaks(
                        "G2",
                        "a switch is missing",
                        linux().switchTo(0, 7, 8, S).switchTo(0, 6, 7, S)),
                keeps("G3", "sleeps and wakes", two().block(0, 1, 2, S).io(1).wake(0, 1, 0, S)),
                keeps(
                        "G3",
                        "woken before it sleeps",
                        two().timer(1, 5).early(0, 1, 0, S).block(0, 1, 2, S)),
                keeps(
                        "G3",
                        "D ends by a completion",
                        two().block(0, 1, 2, D).io(1).wake(0, 1, 0, D)),
                keeps(
                        "G3",
                        "S ends by a signal",
                        two().block(0, 1, 2, S).signal(1).wake(0, 1, 0, S)),
                keeps(
                        "G3",
                        "a real kernel wakes the runnable",
                        linux().switchTo(0, 5, 6, R).early(0, 5, 0, S)),
                breaks(
                        "G3",
                        "woken twice",
                        two().block(0, 1, 2, S).wake(0, 1, 0, S).early(0, 1, 0, S)),
                breaks(
                        "G3",
                        "D ends by a signal",
                        two().block(0, 1, 2, D).signal(1).wake(0, 1, 0, D)),
                breaks(
                        "G3",
                        "D ends by a signal, directly",
                        two().block(0, 1, 2, D).signal(1).record(Kind.SCHED_WAKEUP, 0, 1, 0, D, 9)),
                breaks(
                        "G3",
                        "wake-up names another state",
                        two().block(0, 1, 2, D).io(1).wake(0, 1, 0, S)),
                breaks(
                        "G3",
                        "runs before its first wake-up",
                        story().fork(1).enqueue(1, 0).run(0, 1)),
                breaks("G3", "never created", story().enqueue(1, 0).run(0, 1)),
                breaks("G3", "born twice", two().fork(1)),
                breaks("G3", "dies without exit", two().block(0, 1, 2, X)),
                breaks(
                        "G3",
                        "exits without running",
                        two().record(Kind.SCHED_PROCESS_EXIT, 0, 2, 0, 0)),
                breaks("G3", "sleeps without running", two().block(0, 2, IDLE, S)),
                keeps(
                        "G5",
                        "blocks and comes back",
                        two().block(0, 1, 2, S).io(1).wake(0, 1, 0, S)),
                keeps("G5", "changes its class", two().dequeue(1, 0).ofClass(1).enqueue(1, 0)),
                keeps(
                        "G5",
                        "cut head",
                        story().cutBefore(9)
                                .switchTo(0, 1, 2, R)
                                .dequeue(2, 0)
                                .switchTo(0, 2, 1, S)),
                breaks("G5", "enqueued twice", two().enqueue(2, 0)),
                breaks("G5", "dequeued twice", two().dequeue(2, 0).dequeue(2, 0)),
                breaks("G5", "leaves another class", two().ofClass(1).dequeue(2, 0)),
                breaks("G5", "sleeps, but stays queued", two().switchTo(0, 1, 2, S)),
                breaks("G5", "preempted, but forgotten", two().dequeue(1, 0).switchTo(0, 1, 2, R)),
                breaks("G5", "runs, but is not queued", two().dequeue(2, 0).switchTo(0, 1, 2, R)),
                breaks("G5", "a sleeper is enqueued", two().block(0, 1, 2, S).enqueue(1, 0)),
                keeps(
                        "G9",
                        "woken, then run",
                        two().block(0, 1, 2, S).io(1).wake(0, 1, 0, S).preempt(0, 2, 1)),
                breaks("G9", "runs asleep", two().block(0, 1, 2, S).enqueue(1, 0).preempt(0, 2, 1)),
                keeps(
                        "G12",
                        "waits in a queue",
                        two().at(9).preempt(0, 1, 2).at(10).preempt(0, 2, 1)),
                breaks(
                        "G12",
                        "woken, never enqueued",
                        two().block(0, 1, 2, S).io(1).early(0, 1, 0, S).at(9).preempt(0, 2, IDLE)),
                breaks(
                        "G12",
                        "taken out of its queue",
                        two().dequeue(2, 0).at(9).preempt(0, 1, IDLE)),
                breaks("G12", "lost at the end", two().dequeue(2, 0).at(9)),
                passesOver("G12", Result.SKIPPED, "no enqueues", linux().switchTo(0, 5, 6, R)),
                passesOver("G14", Result.SKIPPED, "always", two()));
    }

    static Stream<Case> accounts() {
        return Stream.of(
                keeps("G10", "sums fit", accounted(10, 0, 20, 30)),
                keeps("G10", "an account in mid-run", accountedTwice(5)),
                breaks("G10", "mid-run a nanosecond is lost", accountedTwice(4)),
                breaks("G10", "a nanosecond is lost", accounted(9, 0, 20, 30)),
                breaks("G10", "a nanosecond is won", accounted(10, 1, 20, 30)),
                breaks("G10", "a CPU has no account", two().at(5).cpuAccount(0, 5, 0, 0)),
                breaks("G10", "idle while a task ran", accounted(0, 0, 30, 30)),
                breaks(
                        "G10",
                        "a task's run is short",
                        two().at(5).exit(0, 1, 2).taskAccount(1, 4, 0, 0)),
                breaks("G10", "a task's wait is missing", two().at(5).taskAccount(2, 0, 4, 0)),
                keeps(
                        "G10",
                        "a task's life",
                        two().at(5)
                                .block(0, 1, 2, S)
                                .at(9)
                                .taskAccount(1, 5, 0, 4)
                                .taskAccount(2, 4, 5, 0)),
                passesOver("G10", Result.NOT_EXERCISED, "cut at the end", two()),
                passesOver("G10", Result.SKIPPED, "sampled", linux().switchTo(0, 5, 6, R)),
                keeps(
                        "G11",
                        "runs where it may",
                        two(story().fact("affinity.1", "1").fact("affinity.2", "0x3"))),
                breaks(
                        "G11",
                        "runs where it may not",
                        story().fact("affinity.1", "2").born(1, 1).run(0, 1)),
                breaks("G11", "woken where it may not", story().fact("affinity.1", "2").born(1, 0)),
                breaks(
                        "G11",
                        "moved where it may not",
                        two(story().fact("affinity.2", "1")).migrate(2, 0, 1)),
                breaks(
                        "G11",
                        "a CPU beyond 64",
                        story().fact("cpus", 80)
                                .fact("affinity.1", "1,00000000,00000001")
                                .born(1, 65)),
                keeps(
                        "G11",
                        "CPU 64",
                        story().fact("cpus", 80)
                                .fact("affinity.1", "1,00000000,00000001")
                                .born(1, 64)),
                passesOver("G11", Result.SKIPPED, "nobody is bound", two()),
                keeps("G13", "charged what it ran", two().at(5).ran(1, 3).ran(1, 2)),
                keeps(
                        "G13",
                        "iterations count up",
                        story().iteration(7, 0).iteration(8, 5).iteration(7, 1)),
                breaks("G13", "charged more than it ran", two().at(5).ran(1, 3).ran(1, 3)),
                breaks("G13", "run time is taken back", two().at(5).ran(1, -1)),
                breaks("G13", "an iteration twice", story().iteration(7, 1).iteration(7, 1)));
    }

    /// Accounts at 5 ns and at 30 ns.
    private static Story accountedTwice(long userNsAt5) {
        return story().at(0)
                .born(1, 0)
                .run(0, 1)
                .at(5)
                .cpuAccount(0, userNsAt5, 0, 0)
                .cpuAccount(1, 0, 0, 5)
                .at(10)
                .block(0, 1, IDLE, S)
                .at(30)
                .cpuAccount(0, 10, 0, 20)
                .cpuAccount(1, 0, 0, 30);
    }

    /// CPU 0 runs a task for 10 of 30 ns, CPU 1 idles.
    private static Story accounted(long userNs, long switchNs, long idleNs, long otherIdleNs) {
        return story().at(0)
                .born(1, 0)
                .run(0, 1)
                .at(10)
                .block(0, 1, IDLE, S)
                .at(30)
                .cpuAccount(0, userNs, switchNs, idleNs)
                .cpuAccount(1, 0, 0, otherIdleNs);
    }

    private static Story central() {
        return story().fact("classes", "x")
                .fact("traits.0", "central")
                .fact("switch_bound_ns", 100);
    }

    /// CPU 0 is told for task 1, CPU 1 for task 2; CPU 0 takes 2.
    private static Story exchanged(int... others) {
        Story story = central().fact("cpus", 3).born(1, 0).needResched(0, IDLE);
        for (int other : others) {
            story.born(other, 0);
        }
        return story.at(50).born(2, 1).needResched(1, IDLE).at(100).run(0, 2);
    }

    static Stream<Case> conservation() {
        return Stream.of(
                keeps("W1", "idle exit within the bound", central().born(1, 0).at(100).run(0, 1)),
                keeps(
                        "W1",
                        "all CPUs busy",
                        central()
                                .born(1, 0)
                                .born(2, 1)
                                .born(3, 0)
                                .run(0, 1)
                                .run(1, 2)
                                .at(999)
                                .block(0, 1, 3, S)),
                keeps("W1", "one CPU", story().fact("cpus", 1).born(1, 0).at(50).run(0, 1)),
                keeps(
                        "W1",
                        "bound to a busy CPU",
                        two(central().fact("affinity.2", "1")).at(999).block(0, 1, 2, S)),
                keeps(
                        "W1",
                        "many short waits in a row",
                        central()
                                .at(0)
                                .born(1, 0)
                                .at(80)
                                .born(2, 0)
                                .at(90)
                                .run(0, 1)
                                .at(170)
                                .born(3, 0)
                                .at(175)
                                .block(0, 1, 2, S)
                                .at(250)
                                .block(0, 2, 3, S)),
                keeps(
                        "W1",
                        "the hypervisor has the CPU",
                        central()
                                .irq(1, Irq.HOST_GAP)
                                .born(1, 0)
                                .born(2, 0)
                                .run(0, 1)
                                .at(900)
                                .irqEnd(1, Irq.HOST_GAP)
                                .at(950)
                                .run(1, 2)),
                keeps("W1", "taken by who was told for another", exchanged().at(140).run(1, 1)),
                breaks("W1", "two wait, one CPU comes", exchanged(3).at(140).run(1, 1)),
                breaks("W1", "dispatched too late", central().born(1, 0).at(101).run(0, 1)),
                breaks(
                        "W1",
                        "waits for one CPU beside another",
                        two(central()).at(101).block(0, 1, 2, S)),
                breaks(
                        "W1",
                        "the idle CPU takes another task",
                        two(central()).at(90).born(3, 0).at(101).run(1, 3)),
                breaks(
                        "W1",
                        "bound, but its CPU idles",
                        two(central().fact("affinity.2", "2")).at(101).block(0, 1, 2, S)),
                breaks("W1", "idles at the end", two(central()).at(101)),
                breaks(
                        "W1",
                        "bound, idles at the end",
                        two(central().fact("affinity.2", "2")).at(101)),
                breaks(
                        "W1",
                        "after the hypervisor's gap",
                        central()
                                .irq(1, Irq.HOST_GAP)
                                .born(1, 0)
                                .born(2, 0)
                                .run(0, 1)
                                .at(900)
                                .irqEnd(1, Irq.HOST_GAP)
                                .at(1001)
                                .run(1, 2)),
                breaks(
                        "W1",
                        "one CPU of a real kernel",
                        linux().fact("cpus", 1)
                                .switchTo(0, 5, IDLE, S)
                                .early(0, 5, 0, S)
                                .at(100_001)
                                .switchTo(0, IDLE, 5, R)),
                passesOver("W1", Result.SKIPPED, "queues per CPU", two()),
                keeps("L1", "waits a little", two().at(5).block(0, 1, 2, S)),
                finds("L1", "starves", two().at(DEADLINE).block(0, 1, 2, S)),
                finds("L1", "starves to the end", two().at(DEADLINE)),
                breaks(
                        "L1",
                        "starves in a fair class",
                        two(story().fact("classes", "eevdf").fact("traits.0", "per-cpu fair"))
                                .at(DEADLINE)
                                .block(0, 1, 2, S)),
                keeps(
                        "L3",
                        "completion, waking, wakeup",
                        two().block(0, 1, 2, S).io(1).wake(0, 1, 0, S)),
                breaks(
                        "L3",
                        "waking without a cause",
                        two().block(0, 1, 2, S).record(Kind.SCHED_WAKING, 0, 1, 2, 0)),
                breaks(
                        "L3",
                        "wakeup without a cause",
                        two().block(0, 1, 2, S).record(Kind.SCHED_WAKEUP, 0, 1, 0, S)),
                breaks(
                        "L3",
                        "wakeup by something else",
                        two().block(0, 1, 2, S)
                                .complete(1)
                                .record(Kind.SCHED_WAKEUP, 0, 1, 0, S, 1)),
                passesOver("L3", Result.SKIPPED, "no causes told", linux().switchTo(0, 5, 6, S)));
    }

    static Stream<Case> deadlocks() {
        return Stream.of(
                keeps(
                        "L4",
                        "a queue for one lock",
                        two().acquire(1, 7).waitLock(2, 7, 1).release(1, 7).acquire(2, 7)),
                keeps(
                        "L4",
                        "a readers' lock makes no edge",
                        two().acquire(1, 7)
                                .acquire(2, 7)
                                .acquire(2, 8)
                                .waitLock(1, 8, 2)
                                .waitLock(2, 7, 1)),
                keeps(
                        "L4",
                        "a wait that was given up",
                        two().acquire(1, 7)
                                .acquire(2, 8)
                                .waitLock(1, 8, 2)
                                .block(0, 1, 2, S)
                                .timer(1, 1)
                                .expire(1, 0)
                                .wake(0, 1, 0, S)
                                .waitLock(2, 7, 1)),
                keeps(
                        "L4",
                        "a lock passed on",
                        two().acquire(1, 7)
                                .waitLock(2, 7, 1)
                                .release(1, 7)
                                .acquire(2, 7)
                                .waitLock(1, 7, 2)),
                finds(
                        "L4",
                        "two locks crosswise",
                        two().acquire(1, 7).acquire(2, 8).waitLock(1, 8, 2).waitLock(2, 7, 1)),
                finds("L4", "a lock with itself", two().acquire(1, 7).waitLock(1, 7, 1)),
                finds("L4", "two joins crosswise", two().waitLock(1, 101, 2).waitLock(2, 102, 1)),
                finds(
                        "L4",
                        "a circle of three",
                        two().born(3, 0)
                                .acquire(1, 7)
                                .acquire(2, 8)
                                .acquire(3, 9)
                                .waitLock(1, 8, 2)
                                .waitLock(2, 9, 3)
                                .waitLock(3, 7, 1)),
                finds(
                        "L4",
                        "the run says so",
                        two(story().fact("ended", "deadlock"))
                                .block(0, 1, 2, S)
                                .block(0, 2, IDLE, S)));
    }

    static Story rr() {
        return story().fact("cpus", 1)
                .fact("classes", "rt rr")
                .fact("slice.rr", 10 * MS)
                .fact("traits.1", "central exact")
                .fact("slack", 1000)
                .ofClass(1);
    }

    private static Story fifo() {
        return story().fact("cpus", 1).fact("classes", "rt fifo").ofClass(1);
    }

    /// Tasks 1, 2, 3 in this order, 1 runs.
    private static Story three(Story story) {
        return story.born(1, 0).born(2, 0).born(3, 0).run(0, 1);
    }

    /// Task 9 of the higher class comes, runs and goes.
    static Story interrupted(Story story, int task, int then) {
        return story.ofClass(0)
                .born(9, 0)
                .preempt(0, task, 9)
                .after(5 * MS)
                .exit(0, 9, then)
                .ofClass(1);
    }

    static Stream<Case> roundRobin() {
        return Stream.of(
                keeps("F12", "slice ends", two(rr()).at(10 * MS + 1000).preempt(0, 1, 2)),
                keeps(
                        "F12",
                        "alone for long, then joined",
                        rr().born(1, 0)
                                .run(0, 1)
                                .at(95 * MS)
                                .born(2, 0)
                                .at(104 * MS)
                                .preempt(0, 1, 2)
                                .at(105 * MS)
                                .exit(0, 2, 1)),
                keeps(
                        "F12",
                        "interrupts lengthen it",
                        two(rr())
                                .at(MS)
                                .irq(0, 0)
                                .at(2 * MS)
                                .irqEnd(0, 0)
                                .at(11 * MS)
                                .preempt(0, 1, 2)),
                keeps(
                        "F12",
                        "whole ticks",
                        two(rr().fact("traits.1", "tick").fact("hz", 250))
                                .at(12 * MS)
                                .preempt(0, 1, 2)),
                keeps(
                        "F12",
                        "others wait elsewhere",
                        two(rr().fact("cpus", 2).fact("traits.1", "per-cpu exact"))
                                .born(3, 0)
                                .migrate(2, 0, 1)
                                .at(10 * MS)
                                .preempt(0, 1, 3)
                                .at(11 * MS)
                                .run(1, 2)
                                .at(50 * MS)
                                .exit(1, 2, IDLE)
                                .at(20 * MS)),
                breaks("F12", "slice is overrun", two(rr()).at(10 * MS + 1001).preempt(0, 1, 2)),
                breaks("F12", "slice never ends", two(rr()).at(11 * MS)),
                breaks(
                        "F12",
                        "a tick too late",
                        two(rr().fact("traits.1", "tick").fact("hz", 250))
                                .at(16 * MS)
                                .preempt(0, 1, 2)),
                passesOver("F12", Result.SKIPPED, "no such class", two()),
                keeps(
                        "F12q",
                        "round and round",
                        three(rr())
                                .at(10 * MS)
                                .preempt(0, 1, 2)
                                .at(20 * MS)
                                .preempt(0, 2, 3)
                                .at(30 * MS)
                                .preempt(0, 3, 1)),
                keeps(
                        "F12q",
                        "a yield goes to the tail",
                        three(fifo())
                                .switchTo(0, 1, 2, R)
                                .switchTo(0, 2, 3, R)
                                .switchTo(0, 3, 1, R)),
                keeps("F12q", "preempted, keeps the head", interrupted(three(fifo()), 1, 1)),
                keeps("F12q", "preempted inside the slice", interrupted(three(rr()), 1, 1)),
                keeps(
                        "F12q",
                        "preempted at the end of the slice, head",
                        interrupted(three(rr()).at(10 * MS), 1, 1)),
                keeps(
                        "F12q",
                        "preempted at the end of the slice, tail",
                        interrupted(three(rr()).at(10 * MS), 1, 2)),
                keeps(
                        "F12q",
                        "requeued at the tick, before another came",
                        rr().born(1, 0)
                                .born(2, 0)
                                .run(0, 1)
                                .at(10 * MS)
                                .needResched(0, 1)
                                .born(3, 0)
                                .switchTo(0, 1, 2, R)
                                .at(20 * MS)
                                .preempt(0, 2, 1)),
                keeps(
                        "F12q",
                        "a move within the central queue",
                        three(fifo().fact("cpus", 2).fact("traits.1", "central"))
                                .migrate(2, 0, 1)
                                .run(1, 2)
                                .migrate(3, 0, 1)
                                .switchTo(1, 2, 3, R)),
                keeps(
                        "F12q",
                        "preempted in a call, perhaps a yield",
                        three(fifo())
                                .record(Kind.SYS_ENTER, 0, 1, 2, 0)
                                .needResched(0, 1)
                                .record(Kind.SYS_EXIT, 0, 1, 2, 0)
                                .switchTo(0, 1, 2, R)),
                keeps(
                        "F12q",
                        "asked, then a call, perhaps a yield",
                        three(fifo())
                                .needResched(0, 1)
                                .record(Kind.SYS_ENTER, 0, 1, 2, 0)
                                .record(Kind.SYS_EXIT, 0, 1, 2, 0)
                                .switchTo(0, 1, 2, R)),
                breaks(
                        "F12q",
                        "overtaken by a move",
                        three(fifo().fact("cpus", 2).fact("traits.1", "central"))
                                .migrate(3, 0, 1)
                                .run(1, 3)),
                keeps(
                        "F12q",
                        "moved to the tail of another CPU's queue",
                        three(fifo().fact("cpus", 2).fact("traits.1", "per-cpu"))
                                .born(4, 1)
                                .migrate(2, 0, 1)
                                .run(1, 4)
                                .switchTo(1, 4, 2, R)),
                keeps(
                        "F12q",
                        "a bound task is passed over",
                        fifo().fact("cpus", 2)
                                .fact("traits.1", "central")
                                .fact("affinity.2", "2")
                                .born(1, 0)
                                .born(2, 1)
                                .born(3, 0)
                                .run(0, 1)
                                .block(0, 1, 3, S)
                                .run(1, 2)),
                breaks("F12q", "overtaken", three(fifo()).block(0, 1, 3, S)),
                breaks(
                        "F12q",
                        "a yield keeps the head",
                        three(fifo()).switchTo(0, 1, 2, R).block(0, 2, 1, S)),
                breaks("F12q", "preempted, loses the head", interrupted(three(fifo()), 1, 2)),
                breaks(
                        "F12q",
                        "preempted inside the slice, loses the head",
                        interrupted(three(rr()), 1, 2)),
                breaks("F12q", "fifo preempted by its like", three(fifo()).preempt(0, 1, 2)),
                breaks(
                        "F12q",
                        "slice used up, keeps the head",
                        three(rr()).at(10 * MS).preempt(0, 1, 2).at(20 * MS).preempt(0, 2, 1)),
                passesOver("F12q", Result.SKIPPED, "no such class", two()));
    }

    static Stream<Case> io() {
        return Stream.of(
                keeps("K1", "in its window", story().timer(1, 20).at(15).expire(1, 10)),
                keeps("K1", "armed again", story().timer(1, 20).timer(1, 30).at(30).expire(1, 30)),
                keeps("K1", "cut head", story().cutBefore(5).at(30).expire(1, 30)),
                breaks("K1", "early", story().timer(1, 20).at(9).expire(1, 10)),
                breaks("K1", "twice", story().timer(1, 20).at(20).expire(1, 10).expire(1, 10)),
                breaks(
                        "K1",
                        "after its cancel",
                        story().timer(1, 20).cancelTimer(1).at(20).expire(1, 10)),
                breaks("K1", "earliest after latest", story().timer(1, 20).at(30).expire(1, 21)),
                keeps(
                        "K2",
                        "the hypervisor had the CPU",
                        story().timer(1, 20)
                                .irq(0, Irq.HOST_GAP)
                                .at(900_000)
                                .irqEnd(0, Irq.HOST_GAP)
                                .at(1_000_000)
                                .expire(1, 20)),
                keeps("K2", "in time", story().timer(1, 20).at(100_020).expire(1, 20)),
                keeps(
                        "K2",
                        "armed behind its expiry",
                        story().at(50).timer(1, 0).at(100_050).expire(1, 0)),
                keeps(
                        "K2",
                        "cancelled, armed again",
                        story().timer(1, 0).cancelTimer(1).at(200_000).timer(1, 0).expire(1, 0)),
                breaks("K2", "late", story().timer(1, 20).at(100_021).expire(1, 20)),
                keeps(
                        "K2",
                        "more timers are due than one interrupt serves in time",
                        story().timer(1, 20)
                                .at(20)
                                .irq(0, Irq.TIMER)
                                .at(400_000)
                                .irqEnd(0, Irq.TIMER)
                                .at(450_000)
                                .irq(0, Irq.TIMER)
                                .at(900_000)
                                .expire(1, 20)),
                breaks(
                        "K2",
                        "between interrupts nobody came for it",
                        story().timer(1, 20)
                                .irq(0, Irq.TIMER)
                                .at(400_000)
                                .irqEnd(0, Irq.TIMER)
                                .at(500_001)
                                .irq(0, Irq.TIMER)
                                .at(900_000)
                                .expire(1, 20)),
                passesOver("K2", Result.SKIPPED, "no promise", linux().timer(1, 20)),
                keeps("K3", "in time", asked().at(100).ran(1, 100).switchTo(0, 1, 2, R)),
                keeps(
                        "K3",
                        "counts from the last wake-up",
                        asked().at(90).wake(0, 3, 0, S).at(190).ran(1, 190)),
                keeps("K3", "interrupted", asked().irq(0, 0).at(500).irqEnd(0, 0).ran(1, 500)),
                keeps(
                        "K3",
                        "a yield goes to its end",
                        asked().ran(1, 0).enter(1, 0, 0).needResched(0, 1).at(900).ran(1, 900)),
                breaks("K3", "late", asked().at(101).ran(1, 101).switchTo(0, 1, 2, R)),
                breaks("K3", "never", asked().at(101)),
                passesOver("K3", Result.SKIPPED, "another model", two().needResched(0, 1)),
                keeps(
                        "I1",
                        "submit, complete, deliver",
                        two().submit(1, 5).complete(5).irq(0, Irq.DEVICE).deliver(1, 5)),
                keeps("I1", "cut head", story().cutBefore(5).complete(4).submit(1, 5).complete(5)),
                breaks("I1", "twice", two().submit(1, 5).complete(5).complete(5)),
                breaks("I1", "unasked", two().complete(5)),
                breaks("I1", "delivered early", two().submit(1, 5).deliver(1, 5)),
                breaks("I1", "submitted twice", two().submit(1, 5).submit(1, 5)),
                keeps(
                        "I10",
                        "nested",
                        story().irq(0, 0).irq(0, 1).irqEnd(0, 1).irqEnd(0, 0).irq(1, 0)),
                breaks("I10", "crossed", story().irq(0, 0).irq(0, 1).irqEnd(0, 0).irqEnd(0, 1)),
                breaks("I10", "left unentered", story().irqEnd(0, 0)),
                breaks("I10", "switches inside", two().irq(0, 0).preempt(0, 1, 2)));
    }

    static Stream<Case> loops() {
        return Stream.of(
                keeps(
                        "E1",
                        "one by one",
                        story().post(1, 0).post(2, 0).callback(1, 0).callback(2, 0)),
                keeps(
                        "E1",
                        "two loops",
                        story().post(1, 0).post(2, 1).begin(1, 0).begin(2, 1).end(1, 0).end(2, 1)),
                breaks("E1", "nested", story().post(1, 0).post(2, 0).begin(1, 0).begin(2, 0)),
                breaks("E1", "ends another", story().post(1, 0).begin(1, 0).end(2, 0)),
                breaks("E1", "ends nothing", story().end(2, 0)),
                keeps("E2", "in order", posts().callback(1, 0).callback(2, 0).callback(3, 0)),
                keeps("E2", "cancelled", posts().cancel(1, 0).cancel(3, 0).callback(2, 0)),
                keeps(
                        "E2",
                        "posted again",
                        posts().callback(1, 0)
                                .post(1, 0)
                                .callback(2, 0)
                                .callback(3, 0)
                                .callback(1, 0)),
                keeps(
                        "E2",
                        "no order promised",
                        story().post(1, 4).post(2, 4).callback(2, 4).callback(1, 4)),
                breaks("E2", "overtaken", posts().callback(2, 0).callback(1, 0).callback(3, 0)),
                breaks("E2", "twice", posts().callback(1, 0).callback(1, 0)),
                breaks("E2", "never posted", posts().callback(9, 0)),
                breaks("E2", "cancelled, but runs", posts().cancel(1, 0).callback(1, 0)),
                breaks("E2", "cancelled after it ran", posts().callback(1, 0).cancel(1, 0)),
                breaks("E2", "posted twice", posts().post(3, 0)));
    }

    private static Story posts() {
        return story().fact("flavour.0", "asyncio fifo").post(1, 0).post(2, 0).post(3, 0);
    }

    static Stream<Case> all() {
        return Stream.of(
                        structure(),
                        accounts(),
                        conservation(),
                        deadlocks(),
                        roundRobin(),
                        PolicyLawCases.shares(),
                        FairLawCases.all(),
                        RealTimeLawCases.all(),
                        io(),
                        loops(),
                        WaitingCases.batches(),
                        WaitingCases.devices(),
                        WaitingCases.wakeups(),
                        SharingCases.order(),
                        SharingCases.counts(),
                        SharingCases.shared(),
                        SharingCases.loopTimers(),
                        SharingCases.workers(),
                        LoopCases.phases(),
                        LoopCases.drains(),
                        LoopCases.sleeps(),
                        LoopCases.order())
                .flatMap(cases -> cases);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("all")
    void theLawSaysOfTheTrace(Case theCase) {
        Report report = theCase.story.report();

        assertThat(report.verdict(theCase.law).orElseThrow().result())
                .as(report.format())
                .isEqualTo(theCase.result);
    }

    /// A sound trace is sound for all laws, not only for the one it was written for.
    @ParameterizedTest(name = "{0}")
    @MethodSource("all")
    void aKeptLawIsNoOtherLawsBreach(Case theCase) {
        boolean whole = theCase.result == Result.OK && !theCase.law.matches("L3|L4|E.*|G5");
        if (whole) {
            assertThat(theCase.story.report())
                    .matches(r -> !r.hasViolations(), theCase.story.report().format());
        }
    }

    @Test
    void everyLawIsShownToHoldAndToFail() {
        TreeSet<String> kept = new TreeSet<>();
        TreeSet<String> broken = new TreeSet<>();
        all().forEach(c -> (c.result == Result.OK ? kept : broken).add(c.law));
        List<String> laws = new ArrayList<>(List.of("G0"));
        Laws.all().forEach(law -> laws.add(law.id()));

        laws.remove("G14"); // needs two traces
        assertThat(kept).containsExactlyInAnyOrderElementsOf(laws);
        assertThat(broken).containsAll(laws);
    }

    @Test
    void everyLawHasItsOwnId() {
        assertThat(Laws.all()).extracting(Law::id).doesNotHaveDuplicates().doesNotContain("G0");
    }

    @Test
    void aBreachSaysWhereAndWhat() {
        Report report =
                two(story().fact("tasks.1-1", "reader"))
                        .at(5)
                        .block(0, 1, 2, D)
                        .signal(1)
                        .wake(0, 1, 0, D)
                        .report();

        assertThat(report.verdict("G3").orElseThrow().examples())
                .singleElement()
                .satisfies(breach -> {
                    assertThat(breach.seq()).isEqualTo(11);
                    assertThat(breach.line())
                            .isEqualTo(
                                    "#11 t=5ns cpu=0 task=1: a signal ends the D sleep of reader(1)");
                });
    }

    @Test
    void aDeadlockNamesItsCircle() {
        Report report =
                two(story().fact("tasks.1-2", "t"))
                        .acquire(1, 7)
                        .acquire(2, 8)
                        .waitLock(1, 8, 2)
                        .waitLock(2, 7, 1)
                        .report();

        assertThat(report.hasFindings()).isTrue();
        assertThat(report.verdict("L4").orElseThrow().examples().getFirst().text())
                .isEqualTo("t.1(2) waits for 7 held by t.0(1) waits for 8 held by t.1(2)");
    }
}
