package io.iowait.scenario;

import io.iowait.sched.Policy;
import io.iowait.sched.PolicyFault;
import io.iowait.sched.SchedContext;
import io.iowait.sched.Tasks;
import io.iowait.tracepoint.TaskState;
import java.util.BitSet;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A user's policy, held to its contract: what it throws or picks wrongly ejects it, with a reason
/// and a dump of the tasks that it should know.
///
/// It notes the operation that is under way, so that a watchdog outside the emulated world can tell
/// which one does not come back.
public final class GuardedPolicy implements Policy {
    private static final int SHOWN = 20;

    private final Policy policy;
    private final String name;
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
        this(policy, false);
    }

    private GuardedPolicy(Policy policy, boolean audits) {
        this.policy = policy;
        this.audits = audits;
        this.name = named(policy);
    }

    /// A guard that also asks [Policy#audit] after every operation.
    public static GuardedPolicy auditing(Policy policy) {
        return new GuardedPolicy(policy, true);
    }

    private static String named(Policy policy) {
        try {
            return Objects.requireNonNull(policy.name());
        } catch (RuntimeException | StackOverflowError e) {
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
            throw outer.isEmpty() ? ejected(String.valueOf(e.getMessage())) : e;
        } catch (RuntimeException | StackOverflowError | AssertionError e) {
            String reason = "it throws " + thrown(e);
            throw outer.isEmpty() ? ejected(reason) : new PolicyFault(reason);
        }
    }

    private void requireGoodAudit() {
        String fault = policy.audit();
        if (!fault.isEmpty()) {
            throw new PolicyFault("its audit finds: " + fault);
        }
    }

    private PolicyFault ejected(String reason) {
        String text = because(reason);
        operation = "";
        return new PolicyFault(text);
    }

    private <T> T ask(String what, int task, int cpu, long nowNs, Question<T> question) {
        this.task = task;
        this.cpu = cpu;
        this.nowNs = nowNs;
        return call(what, question);
    }

    private void tell(String what, int task, int cpu, long nowNs, Runnable news) {
        this.task = task;
        this.cpu = cpu;
        this.nowNs = nowNs;
        call(
                what,
                () -> {
                    news.run();
                    return true;
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
        policy.init(context);
    }

    @Override
    public void enqueue(int task, int flags, long nowNs) {
        known.set(task);
        tell("enqueue", task, -1, nowNs, () -> policy.enqueue(task, flags, nowNs));
    }

    @Override
    public void dequeue(int task, int flags, long nowNs) {
        tell("dequeue", task, -1, nowNs, () -> policy.dequeue(task, flags, nowNs));
        known.clear(task);
    }

    @Override
    public int pickNext(int cpu, long nowNs) {
        int picked = ask("pickNext", Tasks.NO_TASK, cpu, nowNs, () -> policy.pickNext(cpu, nowNs));
        if (picked != Tasks.NO_TASK) {
            requirePickable(picked, cpu);
        }
        return picked;
    }

    private void requirePickable(int picked, int cpu) {
        Tasks tasks = Objects.requireNonNull(context).tasks();
        String wrong = "";
        if (picked < 0 || picked >= tasks.count()) {
            wrong = "there is no task " + picked;
        } else if (!known.get(picked)) {
            wrong = shown(tasks, picked) + ", is not among those it was given";
        } else if (!tasks.isRunnable(picked)) {
            wrong = shown(tasks, picked) + ", cannot run now";
        } else if (!tasks.allowedOn(picked, cpu)) {
            wrong = shown(tasks, picked) + ", may not run on cpu " + cpu;
        }
        if (!wrong.isEmpty()) {
            operation = "pickNext";
            throw new PolicyFault(because("it picks wrongly: " + wrong));
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void running(int task, int cpu, long nowNs) {
        tell("running", task, cpu, nowNs, () -> policy.running(task, cpu, nowNs));
    }

    @Override
    public void stopping(int task, int cpu, long ranNs, boolean runnable, long nowNs) {
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
        tell("timer", Tasks.NO_TASK, -1, nowNs, () -> policy.timer(nowNs));
    }

    @Override
    public boolean stepsBeforeSwitch() {
        return call("stepsBeforeSwitch", policy::stepsBeforeSwitch);
    }

    @Override
    public boolean isCentral() {
        return call("isCentral", policy::isCentral);
    }

    @Override
    public String slicing() {
        return call("slicing", policy::slicing);
    }

    @Override
    public long sliceBoundNs() {
        return call("sliceBoundNs", policy::sliceBoundNs);
    }

    @Override
    public String traits() {
        return call("traits", policy::traits);
    }

    @Override
    public String parameters() {
        return call("parameters", policy::parameters);
    }

    @Override
    public long starvationLimitNs() {
        return call("starvationLimitNs", policy::starvationLimitNs);
    }

    @Override
    public String explain(int task, int cpu) {
        return ask("explain", task, cpu, nowNs, () -> policy.explain(task, cpu));
    }

    @Override
    public String audit() {
        return call("audit", policy::audit);
    }
}
