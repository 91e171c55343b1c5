package io.iowait.scenario;

import io.iowait.engine.Time;
import io.iowait.sched.Policy;
import io.iowait.sched.PolicyFault;
import io.iowait.sched.SchedContext;
import io.iowait.sched.Tasks;
import io.iowait.tracepoint.Ejection;
import io.iowait.tracepoint.TaskState;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/// A user's policy, held to its contract: what it throws, picks wrongly, loops over or leaves
/// waiting ejects it, with a reason and a dump of the tasks that it should know.
///
/// With a substitute the run goes on: that takes over the tasks at the very point of the fault, as
/// Linux's fair class does when a scheduler of sched_ext fails, and the record `policy_eject` tells
/// when and why. Without one the fault ends the run.
///
/// It notes the operation that is under way, so that a watchdog outside the emulated world can tell
/// which one does not come back.
///
/// Source: Linux 6.18 `kernel/sched/ext.c` (`scx_exit`, the watchdog's 30 s).
public final class GuardedPolicy implements Policy {
    private static final int SHOWN = 20;
    private static final String ENQUEUE = "enqueue";
    private static final String RUNNING = "running";
    private static final String PICK_NEXT = "pickNext";

    /// A task that is runnable for so long and does not run has been forgotten.
    private static final long STALL_NS = Time.seconds(30);

    private Policy policy;
    private final String name;
    private final Optional<LongFunction<Policy>> substitute;

    /// What the policy has promised, told with the facts.
    private long sliceBoundNs;

    /// Fills the budget of rounds of an operation.
    private final Runnable refill;

    private String ejection = "";
    private boolean told;
    private long ownTimerNs = Time.NEVER;
    private long stallTimerNs = Time.NEVER;
    private long lookNs;

    /// By task id: since when it waits, [Time#NEVER] while it does not.
    private long[] waitsSinceNs = new long[0];

    private final boolean audits;
    private final BitSet known = new BitSet();
    private @Nullable SchedContext context;
    private boolean initialised;
    private long nowNs;

    /// The operation under way and its arguments; "" outside of the policy. Read by another thread.
    private volatile String operation = "";

    private volatile long calls;
    private int task = Tasks.NO_TASK;
    private int cpu = -1;

    public GuardedPolicy(Policy policy) {
        this(policy, false, Optional.empty(), () -> {});
    }

    private GuardedPolicy(
            Policy policy,
            boolean audits,
            Optional<LongFunction<Policy>> substitute,
            Runnable refill) {
        this.policy = policy;
        this.audits = audits;
        this.substitute = substitute;
        this.refill = refill;
        this.name = named(policy);
    }

    /// A guard that also asks [Policy#audit] after every operation.
    public static GuardedPolicy auditing(Policy policy) {
        return new GuardedPolicy(policy, true, Optional.empty(), () -> {});
    }

    /// A guard that puts another policy in the place of one that fails.
    ///
    /// @param substitute of the longest turn that the policy has promised, 0: none
    /// @param refill called before each operation
    static GuardedPolicy substituting(
            Policy policy, LongFunction<Policy> substitute, Runnable refill) {
        return new GuardedPolicy(policy, false, Optional.of(substitute), refill);
    }

    private static String named(Policy policy) {
        try {
            return Objects.requireNonNull(policy.name());
        } catch (RuntimeException | Error e) {
            throw new ScenarioException("policy: its name() gives no name: " + e);
        }
    }

    /// Something a policy is asked, with an answer.
    private interface Question<T> {
        T answer();
    }

    private <T> T call(String name, Question<T> question) {
        calls++;
        String outer = operation; // the kernel may ask for a slice while a policy renews it
        try {
            if (outer.isEmpty()) {
                refill.run();
            }
            if (!initialised && context != null) {
                initialise(context);
            }
            operation = name;
            T answer = question.answer();
            if (audits && outer.isEmpty()) {
                requireGoodAudit();
            }
            operation = outer;
            return answer;
        } catch (PolicyFault e) {
            if (!outer.isEmpty()) {
                throw e;
            }
            String reason = String.valueOf(e.getMessage());
            eject(reason, reason.equals(LoopMeter.LOOPS) ? Ejection.LOOPED : Ejection.THREW);
        } catch (RuntimeException | Error e) {
            String reason = "it throws " + thrown(e);
            if (!outer.isEmpty()) {
                throw new PolicyFault(reason);
            }
            eject(reason, Ejection.THREW);
        }
        return question.answer(); // of the substitute
    }

    private void requireGoodAudit() {
        String fault = policy.audit();
        if (!fault.isEmpty()) {
            throw new PolicyFault("its audit finds: " + fault);
        }
    }

    /// The substitute takes over, or the fault ends the run; nothing can take over before the facts
    /// are told.
    private void eject(String reason, int why) {
        String text = because(reason);
        String failed = operation;
        operation = "";
        if (substitute.isEmpty() || !told || isEjected()) {
            throw new PolicyFault(text);
        }
        ejection = text;
        SchedContext kernel = Objects.requireNonNull(context);
        policy = substitute.get().apply(sliceBoundNs);
        kernel.ejected(task, why);
        policy.init(kernel);
        for (int t = known.nextSetBit(0); t >= 0; t = known.nextSetBit(t + 1)) {
            if (!failed.equals(ENQUEUE) || t != task) {
                policy.enqueue(t, NEW, nowNs);
            }
        }
        for (int c = 0; c < kernel.cpuCount(); c++) {
            int running = kernel.current(c);
            boolean isTold = failed.equals(RUNNING) && running == task;
            if (isOurs(running) && kernel.tasks().state(running) == TaskState.RUNNING && !isTold) {
                policy.running(running, c, nowNs);
            }
        }
        kernel.arm(nowNs); // then every CPU looks anew
    }

    private boolean isOurs(int task) {
        return task != Tasks.NO_TASK && known.get(task);
    }

    private boolean isEjected() {
        return !ejection.isEmpty();
    }

    /// CPUs that idle take one of the tasks, and turns are the substitute's from now on.
    private void lookAnew() {
        SchedContext kernel = Objects.requireNonNull(context);
        for (int c = 0; c < kernel.cpuCount(); c++) {
            if (kernel.current(c) == Tasks.NO_TASK) {
                kernel.kick(c);
            } else if (isOurs(kernel.current(c))) {
                kernel.renewSlice(c);
            }
        }
    }

    // ---------------------------------------------------------------- stalls

    private void waits(int task, long sinceNs) {
        if (task >= waitsSinceNs.length) {
            int from = waitsSinceNs.length;
            waitsSinceNs = Arrays.copyOf(waitsSinceNs, task + (task >> 1) + 16);
            Arrays.fill(waitsSinceNs, from, waitsSinceNs.length, Time.NEVER);
        }
        waitsSinceNs[task] = sinceNs;
    }

    /// Ejects a policy that has forgotten a task; between two operations.
    private void lookForStalls(long nowNs) {
        if (substitute.isEmpty() || isEjected() || nowNs < lookNs) {
            return;
        }
        lookNs = nowNs + STALL_NS / 30;
        for (int t = known.nextSetBit(0); t >= 0; t = known.nextSetBit(t + 1)) {
            if (waitsSinceNs[t] <= nowNs - STALL_NS) {
                task = t;
                cpu = -1;
                this.nowNs = nowNs;
                operation = PICK_NEXT;
                eject(
                        "it does not pick a task that has been runnable for "
                                + Units.time(STALL_NS),
                        Ejection.STALLED);
                return;
            }
        }
    }

    /// A CPU goes idle beside a task that waits: if nothing else happens, somebody has to look.
    private void mayStall(int cpu, long nowNs) {
        if (substitute.isEmpty() || isEjected() || stallTimerNs != Time.NEVER) {
            return;
        }
        SchedContext kernel = Objects.requireNonNull(context);
        for (int t = known.nextSetBit(0); t >= 0; t = known.nextSetBit(t + 1)) {
            if (kernel.tasks().isRunnable(t) && kernel.tasks().allowedOn(t, cpu)) {
                stallTimerNs = nowNs + STALL_NS;
                arm();
                return;
            }
        }
    }

    private void arm() {
        long atNs = Math.min(ownTimerNs, stallTimerNs);
        if (atNs != Time.NEVER) {
            Objects.requireNonNull(context).arm(atNs);
        }
    }

    // ---------------------------------------------------------------- asking

    private <T> T ask(String what, int task, int cpu, long nowNs, Question<T> question) {
        told = true;
        this.task = task;
        this.cpu = cpu;
        this.nowNs = nowNs;
        return call(what, question);
    }

    private void tell(String what, int task, int cpu, long nowNs, Runnable news) {
        ask(
                what,
                task,
                cpu,
                nowNs,
                () -> {
                    news.run();
                    return true;
                });
    }

    /// Why the policy was ejected, and what it should have known; empty if it was not.
    public Optional<String> ejection() {
        return isEjected() ? Optional.of(ejection) : Optional.empty();
    }

    /// Why one of these policies was ejected.
    public static Optional<String> ejectionAmong(List<Policy> classes) {
        return classes.stream()
                .filter(GuardedPolicy.class::isInstance)
                .flatMap(policy -> ((GuardedPolicy) policy).ejection().stream())
                .findFirst();
    }

    /// For figures of a policy, which must not be partly those of its substitute.
    ///
    /// @throws PolicyFault with the reason if one was ejected
    public static void requireNoneEjected(List<Policy> classes) {
        ejectionAmong(classes)
                .ifPresent(why -> {
                    throw new PolicyFault(why);
                });
    }

    // ---------------------------------------------------------------- for a watchdog

    /// The operation that is under way, or "": to be read from outside.
    public String operation() {
        return operation;
    }

    /// How many operations have begun: to be read from outside.
    public long calls() {
        return calls;
    }

    /// Why the policy is ejected, and what it should know, for people.
    public String because(String reason) {
        StringBuilder text =
                new StringBuilder("policy %s is ejected in %s: %s".formatted(name, at(), reason));
        if (context == null) {
            return text.toString();
        }
        Tasks tasks = context.tasks();
        for (int c = 0; c < context.cpuCount(); c++) {
            text.append("%n  cpu %d: %s".formatted(c, shown(tasks, context.current(c))));
        }
        int shown = 0;
        for (int t = known.nextSetBit(0); t >= 0 && shown < SHOWN; t = known.nextSetBit(t + 1)) {
            text.append("%n  it was given %s".formatted(shown(tasks, t)));
            shown++;
        }
        if (known.cardinality() > shown) {
            text.append("%n  .. and %d more".formatted(known.cardinality() - shown));
        }
        return text.toString();
    }

    private String at() {
        String task = this.task < 0 || context == null ? "" : context.tasks().name(this.task);
        String cpu = this.cpu < 0 ? "" : "cpu " + this.cpu;
        String between = task.isEmpty() || cpu.isEmpty() ? "" : ", ";
        String what = operation.isEmpty() ? "an operation" : operation;
        return "%s(%s%s%s) at %s".formatted(what, task, between, cpu, Units.time(nowNs));
    }

    private static String shown(Tasks tasks, int task) {
        return task < 0
                ? "nothing"
                : "%s(%d), %s".formatted(tasks.name(task), task, word(tasks.state(task)));
    }

    private static String word(int state) {
        return switch (state) {
            case TaskState.RUNNING -> "running";
            case TaskState.RUNNABLE -> "runnable";
            case TaskState.DEAD -> "dead";
            case TaskState.NEW -> "new";
            default -> "asleep";
        };
    }

    private static String thrown(Throwable e) {
        String where = "";
        for (StackTraceElement frame : e.getStackTrace()) {
            if (!frame.getClassName().startsWith("java.")
                    && !frame.getClassName().startsWith("jdk.")) {
                where = " at %s:%d".formatted(frame.getFileName(), frame.getLineNumber());
                break;
            }
        }
        String message = e.getMessage() == null ? "" : ": " + e.getMessage();
        return e.getClass().getSimpleName() + message + where;
    }

    // ---------------------------------------------------------------- the contract

    @Override
    public void init(SchedContext context) {
        this.context = context;
    }

    /// The policy is initialised when it is first asked something: by then a watchdog looks on.
    private void initialise(SchedContext context) {
        initialised = true;
        operation = "init";
        policy.init(new Relay(context));
    }

    @Override
    public void enqueue(int task, int flags, long nowNs) {
        known.set(task);
        waits(task, nowNs);
        tell(ENQUEUE, task, -1, nowNs, () -> policy.enqueue(task, flags, nowNs));
    }

    @Override
    public void dequeue(int task, int flags, long nowNs) {
        tell("dequeue", task, -1, nowNs, () -> policy.dequeue(task, flags, nowNs));
        known.clear(task);
        waits(task, Time.NEVER);
    }

    @Override
    public int pickNext(int cpu, long nowNs) {
        lookForStalls(nowNs);
        int picked = ask(PICK_NEXT, Tasks.NO_TASK, cpu, nowNs, () -> policy.pickNext(cpu, nowNs));
        String wrong = picked == Tasks.NO_TASK ? "" : wrongWith(picked, cpu);
        if (!wrong.isEmpty()) {
            operation = PICK_NEXT;
            eject("it picks wrongly: " + wrong, Ejection.PICKED_WRONGLY);
            return policy.pickNext(cpu, nowNs);
        }
        if (picked == Tasks.NO_TASK) {
            mayStall(cpu, nowNs);
        }
        return picked;
    }

    /// What is wrong with a pick, or "".
    private String wrongWith(int picked, int cpu) {
        Tasks tasks = Objects.requireNonNull(context).tasks();
        if (picked < 0 || picked >= tasks.count()) {
            return "there is no task " + picked;
        } else if (!known.get(picked)) {
            return shown(tasks, picked) + ", is not among those it was given";
        } else if (!tasks.isRunnable(picked)) {
            return shown(tasks, picked) + ", cannot run now";
        } else if (!tasks.allowedOn(picked, cpu)) {
            return shown(tasks, picked) + ", may not run on cpu " + cpu;
        }
        return "";
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void running(int task, int cpu, long nowNs) {
        waits(task, Time.NEVER);
        tell(RUNNING, task, cpu, nowNs, () -> policy.running(task, cpu, nowNs));
    }

    @Override
    public void stopping(int task, int cpu, long ranNs, boolean runnable, long nowNs) {
        waits(task, runnable ? nowNs : Time.NEVER);
        tell(
                "stopping",
                task,
                cpu,
                nowNs,
                () -> policy.stopping(task, cpu, ranNs, runnable, nowNs));
    }

    @Override
    public boolean tick(int task, int cpu, long nowNs) {
        return ask("tick", task, cpu, nowNs, () -> policy.tick(task, cpu, nowNs));
    }

    @Override
    public long sliceNs(int task) {
        return ask("sliceNs", task, -1, nowNs, () -> policy.sliceNs(task));
    }

    @Override
    public boolean sliceEnd(int task, int cpu, long nowNs) {
        return ask("sliceEnd", task, cpu, nowNs, () -> policy.sliceEnd(task, cpu, nowNs));
    }

    @Override
    public boolean outranks(int task, int other) {
        return ask("outranks", task, -1, nowNs, () -> policy.outranks(task, other));
    }

    @Override
    public boolean keepsSleeper(int task) {
        return ask("keepsSleeper", task, -1, nowNs, () -> policy.keepsSleeper(task));
    }

    @Override
    public boolean wakeupPreempt(int task, int current, int cpu, long nowNs) {
        return ask(
                "wakeupPreempt",
                task,
                cpu,
                nowNs,
                () -> policy.wakeupPreempt(task, current, cpu, nowNs));
    }

    @Override
    public void yield(int task, int cpu, long nowNs) {
        tell("yield", task, cpu, nowNs, () -> policy.yield(task, cpu, nowNs));
    }

    @Override
    public void timer(long nowNs) {
        if (isEjected()) {
            lookAnew();
            return;
        }
        if (nowNs >= ownTimerNs) {
            ownTimerNs = Time.NEVER;
            tell("timer", Tasks.NO_TASK, -1, nowNs, () -> policy.timer(nowNs));
        }
        if (nowNs >= stallTimerNs) {
            stallTimerNs = Time.NEVER;
            lookNs = nowNs;
            lookForStalls(nowNs);
        }
        if (!isEjected()) {
            arm();
        }
    }

    @Override
    public boolean stepsBeforeSwitch() {
        return call("stepsBeforeSwitch", policy::stepsBeforeSwitch);
    }

    @Override
    public boolean isCentral() {
        return call("isCentral", () -> policy.isCentral());
    }

    @Override
    public String slicing() {
        return call("slicing", () -> policy.slicing());
    }

    @Override
    public long sliceBoundNs() {
        sliceBoundNs = call("sliceBoundNs", () -> policy.sliceBoundNs());
        return sliceBoundNs;
    }

    @Override
    public String traits() {
        return call("traits", () -> policy.traits());
    }

    @Override
    public String parameters() {
        return call("parameters", () -> policy.parameters());
    }

    @Override
    public long starvationLimitNs() {
        return call("starvationLimitNs", () -> policy.starvationLimitNs());
    }

    @Override
    public String explain(int task, int cpu) {
        return ask("explain", task, cpu, nowNs, () -> policy.explain(task, cpu));
    }

    @Override
    public String audit() {
        return call("audit", () -> policy.audit());
    }

    /// The kernel as the policy sees it: a class has one timer, which it shares with its guard.
    private final class Relay implements SchedContext {
        private final SchedContext kernel;

        Relay(SchedContext kernel) {
            this.kernel = kernel;
        }

        @Override
        public Tasks tasks() {
            return kernel.tasks();
        }

        @Override
        public int cpuCount() {
            return kernel.cpuCount();
        }

        @Override
        public long tickNs() {
            return kernel.tickNs();
        }

        @Override
        public int current(int cpu) {
            return kernel.current(cpu);
        }

        @Override
        public long clockNs(int cpu) {
            return kernel.clockNs(cpu);
        }

        @Override
        public long readClockNs(int cpu) {
            return kernel.readClockNs(cpu);
        }

        @Override
        public void kick(int cpu) {
            kernel.kick(cpu);
        }

        @Override
        public void offer(int task) {
            kernel.offer(task);
        }

        @Override
        public void renewSlice(int cpu) {
            kernel.renewSlice(cpu);
        }

        @Override
        public void arm(long atNs) {
            ownTimerNs = atNs;
            GuardedPolicy.this.arm();
        }

        @Override
        public long draw(long bound) {
            return kernel.draw(bound);
        }

        @Override
        public void ejected(int task, int why) {
            throw new PolicyFault("only its guard ejects a policy");
        }

        @Override
        public void tell(int task, long a, long b) {
            kernel.tell(task, a, b);
        }

        @Override
        public boolean hearsFair() {
            return kernel.hearsFair();
        }

        @Override
        public void tellFair(int what, int cpu, int task, long a, long value) {
            kernel.tellFair(what, cpu, task, a, value);
        }

        @Override
        public void move(int task, int cpu) {
            kernel.move(task, cpu);
        }
    }
}
