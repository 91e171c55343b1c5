package io.iowait.mutants;

import static io.iowait.program.Dsl.ask;
import static io.iowait.program.Dsl.compute;
import static io.iowait.program.Dsl.num;
import static io.iowait.program.Dsl.repeat;

import io.iowait.invariant.LawBook;
import io.iowait.invariant.Report;
import io.iowait.kernel.Cost;
import io.iowait.kernel.CostProfile;
import io.iowait.kernel.Defect;
import io.iowait.kernel.Preemption;
import io.iowait.kernel.TaskSpec;
import io.iowait.machine.Lab;
import io.iowait.machine.Profiles;
import io.iowait.program.Asks;
import io.iowait.program.Statement;
import io.iowait.runtime.LoopFlavour.Fault;
import io.iowait.scenario.LoopCase;
import io.iowait.sched.Policy;
import io.iowait.sched.policy.Delegating;
import io.iowait.sched.policy.FifoPolicy;
import io.iowait.sched.policy.MlfqPolicy;
import io.iowait.sched.policy.MlfqPolicy.Level;
import io.iowait.sched.policy.MlfqPolicy.Options;
import io.iowait.sched.policy.PriorityPolicy;
import io.iowait.sched.policy.RoundRobinPolicy;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.Tracer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Everything that is broken on purpose: defects of the kernel and its devices, policies, loops and
/// pools, and traces that do not tell what happened.
final class Mutants {
    private static final long MS = 1_000_000;
    private static final long END_NS = 200 * MS;

    /// Timers that are set, cancelled and due together, and jobs for a pool of two workers.
    private static final String LOOP =
            """
            {"suite":"asyncio","name":"mutant","expected":{"log":[],"end":0},
             "program":{"main":"main","pools":{"p":{"workers":2}},"coros":{
              "nap":{"params":["us"],"body":[{"op":"await","item":{"sleep":{"var":"us"}}}]},
              "main":{"body":[
               {"op":"spawn","item":{"coro":"nap","args":[100]},"into":"t1"},
               {"op":"spawn","item":{"coro":"nap","args":[100]},"into":"t2"},
               {"op":"spawn","item":{"coro":"nap","args":[100]},"into":"t3"},
               {"op":"spawn","item":{"executor":"p","duration":90,"value":1},"into":"j1"},
               {"op":"spawn","item":{"executor":"p","duration":70,"value":2},"into":"j2"},
               {"op":"spawn","item":{"executor":"p","duration":40,"value":3},"into":"j3"},
               {"op":"spawn","item":{"executor":"p","duration":50,"value":4},"into":"j4"},
               {"op":"spawn","item":{"executor":"p","duration":60,"value":5},"into":"j5"},
               {"op":"await","item":{"wait_for":{"sleep":20},"timeout":300}},
               {"op":"await","item":{"gather":[{"var":"t1"},{"var":"t2"},{"var":"t3"},
                {"var":"j1"},{"var":"j2"},{"var":"j3"},{"var":"j4"},{"var":"j5"}]}},
               {"op":"await","item":{"sleep":500}}]}}}}\
            """;

    private static final Options RULES =
            new Options(List.of(new Level(MS, 2), new Level(2 * MS, 2)), 30 * MS, false, false);

    private static final Options GAMED = new Options(RULES.levels(), 30 * MS, true, false);

    private final List<Mutant> mutants = new ArrayList<>();

    private Mutants() {}

    /// Fresh mutants, each to be run once.
    static List<Mutant> all() {
        Mutants list = new Mutants();
        list.kernel();
        list.sharing();
        list.devices();
        list.policies();
        list.mutants.addAll(FairMutants.all());
        list.mutants.addAll(RealTimeMutants.all());
        list.loops();
        list.traces();
        list.programs();
        return List.copyOf(list.mutants);
    }

    private void add(String part, String name, String law, Supplier<Lab> lab) {
        mutants.add(new Mutant(part, name, law, () -> lab.get().run(END_NS).report()));
    }

    private void defect(String part, String law, Defect defect, Supplier<Lab> lab) {
        add(part, word(defect), law, () -> lab.get().defect(defect));
    }

    private static String word(Enum<?> planted) {
        return planted.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
    }

    // ---------------------------------------------------------------- machines

    /// Threads that compute, sleep, lock and read a disk.
    private static Lab busy() {
        Lab lab = new Lab().cpus(2).mutex("m").disk(2 * MS);
        for (int i = 0; i < 4; i++) {
            lab.thread(
                    "t" + i,
                    repeat(
                            num(6),
                            compute(num(700_000)),
                            ask(Asks.LOCK, num(0)),
                            compute(num(300_000)),
                            ask(Asks.UNLOCK, num(0)),
                            disk(i),
                            ask(Asks.READ, num(i)),
                            ask(Asks.SLEEP, num(MS + i)),
                            compute(num(3 * MS))));
        }
        return lab;
    }

    private static Statement disk(int descriptor) {
        return ask(Asks.SUBMIT, num(descriptor));
    }

    /// Four threads that sleep for one thing, a little later each; a fifth brings it.
    private static Lab waiting(
            Consumer<io.iowait.machine.Machine> thing, Statement wait, Statement... bring) {
        Lab lab = new Lab().cpus(2).classes(new FifoPolicy()).mutex("m").with(thing);
        for (int i = 0; i < 4; i++) {
            lab.thread("w" + i, ask(Asks.SLEEP, num(1_000 * (i + 1))), wait, compute(num(10_000)));
        }
        return lab.thread("last", bring);
    }

    private static Lab atBarrier() {
        Statement stop = ask(Asks.BARRIER, num(0));
        return waiting(m -> m.barriers().create("b", 5), stop, ask(Asks.SLEEP, num(9_000)), stop);
    }

    private static Lab forSemaphore() {
        Statement post = ask(Asks.POST, num(1));
        return waiting(
                m -> m.locks().createSemaphore("s", 0),
                ask(Asks.WAIT, num(1)),
                ask(Asks.SLEEP, num(9_000)),
                post,
                post,
                ask(Asks.SLEEP, num(50_000)),
                post,
                post);
    }

    private static Lab forCondition() {
        Lab lab =
                new Lab()
                        .classes(new FifoPolicy())
                        .mutex("m")
                        .with(m -> m.conditions().create("c"));
        for (int i = 0; i < 3; i++) {
            lab.thread(
                    "w" + i,
                    ask(Asks.LOCK, num(0)),
                    ask(Asks.COND_WAIT, num(0), num(0)),
                    ask(Asks.UNLOCK, num(0)));
        }
        return lab.thread(
                "signals",
                ask(Asks.SLEEP, num(9_000)),
                ask(Asks.COND_SIGNAL, num(0)),
                ask(Asks.SLEEP, num(9_000)),
                ask(Asks.COND_BROADCAST, num(0)));
    }

    private static Lab contended() {
        Lab lab = new Lab().cpus(2).classes(RoundRobinPolicy.exact(100_000)).mutex("m");
        for (int i = 0; i < 4; i++) {
            lab.thread(
                    "t" + i,
                    repeat(
                            num(5),
                            ask(Asks.LOCK, num(0)),
                            compute(num(70_000)),
                            ask(Asks.UNLOCK, num(0)),
                            compute(num(10_000))));
        }
        return lab;
    }

    // ---------------------------------------------------------------- what is broken

    private void kernel() {
        defect("kernel", "L2", Defect.SECOND_WAKE_DROPPED, Mutants::busy);
        defect("kernel", "K1", Defect.TIMER_EARLY, Mutants::busy);
        defect("kernel", "K2", Defect.TIMER_LATE, Mutants::busy);
        defect(
                "kernel",
                "G10",
                Defect.SWITCH_UNACCOUNTED,
                () -> busy().profile(Profiles.linux618Vm()));
        defect("kernel", "G10", Defect.DISK_WAIT_UNCOUNTED, Mutants::quiet);
        defect(
                "kernel",
                "G10",
                Defect.INTERRUPT_CHARGED_TO_TASK,
                () -> busy().profile(Profiles.linux618Vm()));
        defect("kernel", "G3", Defect.SIGNAL_WAKES_DISK, Mutants::killed);
        defect("kernel", "F12", Defect.SLICE_NEVER_ENDS, () -> busy().cpus(1));
        defect("kernel", "W1", Defect.IDLE_NOT_KICKED, Mutants::busy);
        defect("kernel", "K3", Defect.KERNEL_NOT_PREEMPTED, () -> inCalls(new PriorityPolicy()));
        defect(
                "kernel",
                "F12",
                Defect.SLICE_ENDS_IN_USER_MODE,
                () -> inCalls(RoundRobinPolicy.exact(MS)).fact("slack", MS / 10));
        loop(
                "kernel",
                "E11",
                word(Defect.EPOLL_DROPS_WAKEUP),
                EnumSet.of(Defect.EPOLL_DROPS_WAKEUP),
                Fault.NONE);
        loop("kernel", "E11", word(Defect.WAKE_LOST), EnumSet.of(Defect.WAKE_LOST), Fault.NONE);
    }

    /// Threads that spend their time in calls of 3 ms, in a kernel that is preempted.
    private static Lab inCalls(Policy policy) {
        CostProfile longCalls = CostProfile.named("long calls").cost(Cost.SYSCALL, 3 * MS).build();
        Lab lab = new Lab().profile(longCalls).preemption(Preemption.FULL).classes(policy);
        for (int i = 0; i < 2; i++) {
            lab.thread(
                    TaskSpec.of("t" + i, 0).withPriority(i),
                    repeat(num(5), ask(Asks.SLEEP, num(MS)), compute(num(MS))));
        }
        return lab;
    }

    private static Lab killed() {
        return new Lab()
                .cpus(2)
                .disk(5 * MS)
                .thread("reader", disk(0), ask(Asks.READ, num(0)), compute(num(MS)))
                .thread("killer", compute(num(MS)), ask(Asks.KILL, num(0), num(10)));
    }

    private void sharing() {
        defect("kernel", "L5", Defect.WAIT_QUEUE_LIFO, Mutants::forSemaphore);
        defect("kernel", "L2", Defect.WAKE_ALL_BUT_ONE, Mutants::atBarrier);
        defect("kernel", "L6", Defect.LOCK_TWICE, Mutants::contended);
        defect("kernel", "L6", Defect.SEMAPHORE_ADDS_TWO, Mutants::semaphoreAndMore);
        defect("kernel", "L6", Defect.BARRIER_EARLY, Mutants::atBarrier);
        defect("kernel", "L6", Defect.CONDITION_WAKES_TWO, Mutants::forCondition);
        defect("kernel", "L6", Defect.RELEASE_WAKES_TWO, Mutants::contended);
        defect("io", "L2", Defect.PIPE_LEAVES_READER, Mutants::pipeline);
        defect("io", "L2", Defect.PIPE_LEAVES_WRITER, Mutants::pipeline);
    }

    /// A pipe that is empty at times and full at times.
    private static Lab pipeline() {
        return new Lab()
                .with(m -> m.openPipe("p"))
                .thread(
                        "takes",
                        repeat(num(3), ask(Asks.READ, num(0), num(10))),
                        compute(num(MS)),
                        repeat(num(90), ask(Asks.READ, num(0), num(1_000))))
                .thread(
                        "gives",
                        repeat(num(3), compute(num(10_000)), ask(Asks.WRITE, num(1), num(10))),
                        ask(Asks.WRITE, num(1), num(90_000)));
    }

    /// More than was added is taken only if somebody asks for it.
    private static Lab semaphoreAndMore() {
        return forSemaphore()
                .thread(
                        "more",
                        repeat(num(4), ask(Asks.SLEEP, num(30_000)), ask(Asks.WAIT, num(1))));
    }

    private void devices() {
        defect("device", "I1", Defect.DOUBLE_COMPLETION, Mutants::busy);
        defect("device", "L2", Defect.INTERRUPT_LOST, Mutants::busy);
        defect("device", "I1", Defect.COMPLETION_EARLY, Mutants::busy);
        defect("device", "I4", Defect.DEPTH_EXCEEDED, Mutants::busy);
        defect("device", "I2", Defect.INTERRUPT_ELSEWHERE, Mutants::quiet);
        defect("device", "I3", Defect.DISK_SLEEPS_LIGHTLY, Mutants::busy);
    }

    /// Nothing but the disk interrupts the CPU.
    private static Lab quiet() {
        return new Lab()
                .cpus(2)
                .disk(5 * MS)
                .thread("reader", disk(0), ask(Asks.READ, num(0)), compute(num(MS)));
    }

    private void policies() {
        add(
                "policy",
                "run queue LIFO",
                "F12q",
                () -> busy().cpus(1).classes(new BrokenRoundRobin("lifo")));
        add(
                "policy",
                "idles every third time",
                "W1",
                () -> busy().classes(new BrokenRoundRobin("lazy")));
        add("policy", "loses a task", "W1", () -> busy().classes(new BrokenRoundRobin("loses")));
        add(
                "policy",
                "a task in two queues",
                "kernel",
                () -> busy().classes(new BrokenRoundRobin("twice")));
        add("policy", "slice doubled", "F12", () -> busy().cpus(1).classes(slices(2)));
        add("policy", "slice a tick too long", "F12", Mutants::ticking);
        add("policy", "boost missing", "L1", () -> crowd(told(GAMED, boosting(GAMED, 0))));
        add(
                "policy",
                "boost period doubled",
                "F11",
                () -> mixed(told(RULES, boosting(RULES, 60 * MS))));
        add("policy", "allotment not charged", "F11", () -> mixed(told(RULES, endless())));
        add("policy", "unfair sharing", "F8", Mutants::unfair);
        add("policy", "affinity ignored", "G11", () -> busy().fact("affinity.1", "1"));
    }

    private static Policy slices(int times) {
        return new Delegating(RoundRobinPolicy.exact(MS)) {
            @Override
            public long sliceNs(int task) {
                return times * super.sliceNs(task);
            }
        };
    }

    /// Where a tick is 1 ms: a policy that says its slice is one shorter than it is.
    private static Lab ticking() {
        Policy late =
                new Delegating(RoundRobinPolicy.byTick(3 * MS)) {
                    @Override
                    public long sliceBoundNs() {
                        return 2 * MS;
                    }
                };
        return ticking(late);
    }

    private static Lab ticking(Policy policy) {
        return busy().cpus(1).profile(CostProfile.zero().withHz(1000)).classes(policy);
    }

    private static Options boosting(Options rules, long boostNs) {
        return new Options(rules.levels(), boostNs, rules.stayAfterIo(), rules.ioBump());
    }

    private static Options endless() {
        List<Level> levels = new ArrayList<>();
        RULES.levels().forEach(level -> levels.add(new Level(level.quantumNs(), 1_000_000)));
        return new Options(levels, RULES.boostNs(), false, false);
    }

    /// A policy that says it is set one way, and is set another.
    private static Policy told(Options said, Options done) {
        return new Delegating(new MlfqPolicy(done)) {
            @Override
            public String parameters() {
                return said.toString();
            }
        };
    }

    private static Lab mixed(Policy policy) {
        return new Lab()
                .classes(policy)
                .thread("hog", compute(num(200 * MS)))
                .thread("hog2", compute(num(200 * MS)))
                .thread(
                        "shell",
                        repeat(num(40), compute(num(MS / 2)), ask(Asks.SLEEP, num(3 * MS + 100))));
    }

    /// Tasks that never use up a quantum keep the CPU from the one at the bottom.
    private static Lab crowd(Policy policy) {
        Lab lab = new Lab().classes(policy).thread("hog", compute(num(100 * MS)));
        for (int i = 0; i < 4; i++) {
            lab.thread(
                    "short" + i,
                    ask(Asks.SLEEP, num(8 * MS)),
                    repeat(num(4000), compute(num(MS / 20)), ask(Asks.SLEEP, num(MS / 20))));
        }
        return lab;
    }

    private static Lab unfair() {
        Policy blind =
                new Delegating(RoundRobinPolicy.exact(MS)) {
                    @Override
                    public String traits() {
                        return "fair";
                    }
                };
        return new Lab()
                .classes(blind)
                .thread(TaskSpec.of("heavy", 0).withNice(-5), compute(num(150 * MS)))
                .thread(TaskSpec.of("light", 0).withNice(5), compute(num(150 * MS)));
    }

    private void loops() {
        loop("E2", Fault.READY_QUEUE_LIFO);
        loop("E3", Fault.CALLBACK_INLINE);
        loop("E5", Fault.TIMER_EARLY);
        loop("E6", Fault.TIMER_LATE);
        loop("E5", Fault.TIMER_NOT_CANCELLED);
        loop("E11", Fault.WAKE_NOT_WRITTEN);
        loop("E12", Fault.POOL_LIFO);
        loop("E12", Fault.POOL_OVERSIZED);
        loop("E12", Fault.RESULT_TWICE);
    }

    private void loop(String law, Fault fault) {
        loop("loop", law, word(fault), EnumSet.noneOf(Defect.class), fault);
    }

    private void loop(String part, String law, String name, EnumSet<Defect> defects, Fault fault) {
        mutants.add(new Mutant(part, name, law, () -> loopReport(laws -> laws, defects, fault)));
    }

    static Report loopReport(
            java.util.function.UnaryOperator<io.iowait.tracepoint.TraceConsumer> ears,
            EnumSet<Defect> defects,
            Fault fault) {
        LawBook laws = new LawBook();
        LoopCase.parse(LOOP).answer(new Tracer(List.of(ears.apply(laws))), defects, fault);
        return laws.report();
    }

    // ---------------------------------------------------------------- what is told wrong

    private void traces() {
        tell("a state that does not exist", "G0", Kind.SCHED_SWITCH, 5, row -> row.b = 99);
        tell("the clock goes back", "G1", Kind.SCHED_WAKING, 7, row -> row.t -= 1);
        tell("a switch is not told", "G2", Kind.SCHED_SWITCH, 9, Tampering.Row::leaveOut);
        tell("a move is not told", "G2", Kind.SCHED_MIGRATE_TASK, 1, Tampering.Row::leaveOut);
        tell("a task leaves a policy untold", "G5", Kind.DEQUEUE, 3, Tampering.Row::leaveOut);
        tell("a wake-up is not told", "G9", Kind.SCHED_WAKEUP, 3, Tampering.Row::leaveOut);
        tell(
                "a runnable task is known to no policy",
                "G12",
                Kind.ENQUEUE,
                3,
                Tampering.Row::leaveOut);
        tell("time on a CPU is negative", "G13", Kind.SCHED_STAT_RUNTIME, 3, row -> row.a = -row.a);
        tell("time on a CPU is told twice", "G13", Kind.SCHED_STAT_RUNTIME, 3, row -> row.a *= 2);
        tell("time on a CPU is not told", "G13", Kind.SCHED_STAT_RUNTIME, 3, row -> row.a = 0);
        tell("a wake-up has no cause", "L3", Kind.SCHED_WAKING, 3, row -> row.cause = -1);
        tell("a request changes its device", "I5", Kind.REQUEST_SUBMIT, 3, row -> row.b++);
        tell("an interrupt does not end", "I10", Kind.IRQ_HANDLER_EXIT, 3, Tampering.Row::leaveOut);
        tellOfLoop("a callback does not end", "E1", Kind.CALLBACK_END, 2, Tampering.Row::leaveOut);
        tellOfLoop(
                "a callback runs what it posts",
                "E4",
                Kind.CALLBACK_END,
                2,
                Tampering.Row::leaveOut);
    }

    private void tell(
            String name, String law, int kind, int every, Consumer<Tampering.Row> change) {
        add(
                "trace",
                name,
                law,
                () -> busy().heardBy(laws -> new Tampering(laws, kind, every, change)));
    }

    private void tellOfLoop(
            String name, String law, int kind, int every, Consumer<Tampering.Row> change) {
        mutants.add(
                new Mutant(
                        "trace",
                        name,
                        law,
                        () ->
                                loopReport(
                                        laws -> new Tampering(laws, kind, every, change),
                                        EnumSet.noneOf(Defect.class),
                                        Fault.NONE)));
    }

    private void programs() {
        add(
                "program",
                "two locks in two orders",
                "L4",
                () ->
                        new Lab()
                                .cpus(2)
                                .mutex("a")
                                .mutex("b")
                                .thread("ab", both(0, 1))
                                .thread("ba", both(1, 0)));
    }

    private static Statement[] both(int first, int second) {
        return new Statement[] {
            ask(Asks.LOCK, num(first)),
            compute(num(MS)),
            ask(Asks.LOCK, num(second)),
            ask(Asks.UNLOCK, num(second)),
            ask(Asks.UNLOCK, num(first))
        };
    }

    /// The machines of the mutants with nothing broken.
    static List<Supplier<Report>> sound() {
        List<Supplier<Lab>> labs =
                List.of(
                        Mutants::busy,
                        () -> busy().profile(Profiles.linux618Vm()),
                        Mutants::killed,
                        Mutants::atBarrier,
                        Mutants::forSemaphore,
                        Mutants::forCondition,
                        Mutants::contended,
                        Mutants::quiet,
                        () -> ticking(RoundRobinPolicy.byTick(2 * MS)),
                        () -> inCalls(new PriorityPolicy()),
                        () -> inCalls(RoundRobinPolicy.exact(MS)).fact("slack", MS / 10),
                        () -> mixed(new MlfqPolicy(RULES)),
                        () -> crowd(new MlfqPolicy(GAMED)));
        List<Supplier<Report>> runs = new ArrayList<>();
        labs.forEach(lab -> runs.add(() -> lab.get().run(END_NS).report()));
        FairMutants.sound().forEach(lab -> runs.add(() -> lab.get().run(END_NS).report()));
        RealTimeMutants.sound().forEach(lab -> runs.add(() -> lab.get().run().report()));
        runs.add(() -> loopReport(laws -> laws, EnumSet.noneOf(Defect.class), Fault.NONE));
        return runs;
    }
}
