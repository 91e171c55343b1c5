package io.iowait.sched.linux;

import io.iowait.sched.Policy;
import io.iowait.sched.SchedContext;
import io.iowait.sched.Tasks;
import io.iowait.tracepoint.TaskState;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The fair class of Linux since 6.6: earliest eligible virtual deadline first.
///
/// A task is *eligible* while it has had no more than its share, and of the eligible ones that with
/// the earliest virtual deadline runs; the deadline is a request (`slice`) after the virtual time
/// at which it was made, so that a short request is served sooner and a heavy task more often.
/// Requests end at ticks, or exactly with HRTICK and on machines without ticks. A queue a CPU; a
/// CPU with nobody to run takes one from another, and at its tick one from a queue longer by two.
/// O(log n).
///
/// Parameters of a task: [SchedAttributes#POLICY] (OTHER, BATCH, IDLE), [SchedAttributes#SLICE_NS].
///
/// Source: Stoica & Abdel-Wahab 1995 (EEVDF); Linux 6.18 `kernel/sched/fair.c`.
public final class EevdfPolicy implements Policy {
    /// Bounds of a task's own request size.
    public static final long SLICE_NS_MIN = 100_000;

    public static final long SLICE_NS_MAX = 100_000_000;

    /// HRTICK's least.
    private static final long SLICE_END_NS_MIN = 10_000;

    private final FairRules rules;
    private final boolean hrtick;
    final FairEntities entities = new FairEntities();
    EevdfQueue[] queues = new EevdfQueue[0];
    private @Nullable SchedContext context;

    public EevdfPolicy(FairRules rules) {
        this(rules, false);
    }

    /// @param hrtick whether requests end exactly
    public EevdfPolicy(FairRules rules, boolean hrtick) {
        this.rules = rules;
        this.hrtick = hrtick;
    }

    @Override
    public void init(SchedContext context) {
        this.context = context;
        queues = new EevdfQueue[context.cpuCount()];
        for (int cpu = 0; cpu < queues.length; cpu++) {
            queues[cpu] = new EevdfQueue(entities, rules, cpu, context);
        }
    }

    @Override
    public void enqueue(int task, int flags, long nowNs) {
        learn(task, flags);
        if (entities.queue(task) != FairEntities.OFF) {
            EevdfQueue queue = queues[entities.queue(task)];
            settle(queue, entities.queue(task));
            queue.wakeDelayed(task);
            return;
        }
        int cpu = context().tasks().cpu(task);
        EevdfQueue queue = queues[cpu];
        settle(queue, cpu);
        boolean lets = queue.charge(context().clockNs(cpu));
        queue.enqueue(task, flags == NEW);
        if (lets) {
            context().kick(cpu);
        }
    }

    private void learn(int task, int flags) {
        Tasks tasks = context().tasks();
        entities.ensure(task, tasks, rules.sliceNs());
        if ((flags & NEW) != 0) {
            entities.renew(task, tasks, rules.sliceNs());
        } else if ((flags & (RAISED | LOWERED)) != 0) {
            entities.reweigh(task, tasks, rules.sliceNs());
        }
    }

    @Override
    public void dequeue(int task, int flags, long nowNs) {
        int cpu = entities.queue(task);
        boolean stops = context().tasks().state(task) == TaskState.STOPPED; // DEQUEUE_SPECIAL
        queues[cpu].dequeue(task, (flags & SLEEP) != 0 && !stops, (flags & EXIT) != 0 || stops);
    }

    @Override
    public int pickNext(int cpu, long nowNs) {
        EevdfQueue queue = queues[cpu];
        settle(queue, cpu);
        int task = queue.pick(true);
        return task == Tasks.NO_TASK && queues.length > 1 ? pull(cpu, 1) : task;
    }

    @Override
    public void running(int task, int cpu, long nowNs) {
        queues[cpu].setCurrent(task, context().clockNs(cpu), nowNs);
    }

    @Override
    public void stopping(int task, int cpu, long ranNs, boolean runnable, long nowNs) {
        queues[cpu].charge(context().clockNs(cpu));
    }

    @Override
    public boolean tick(int task, int cpu, long nowNs) {
        EevdfQueue queue = queues[cpu];
        boolean lets = queue.charge(context().clockNs(cpu));
        if (queues.length > 1) {
            pull(cpu, 1 + queue.queued());
        }
        return lets;
    }

    @Override
    public boolean wakeupPreempt(int task, int current, int cpu, long nowNs) {
        EevdfQueue queue = queues[cpu];
        settle(queue, cpu);
        return entities.queue(task) == cpu
                && queue.current() == current
                && queue.isPreempted(task, context().clockNs(cpu));
    }

    @Override
    public boolean keepsSleeper(int task) {
        return entities.isQueued(task);
    }

    @Override
    public void yield(int task, int cpu, long nowNs) {
        queues[cpu].charge(context().clockNs(cpu));
        queues[cpu].yield();
    }

    /// Notices that the task which the queue takes for the current one has left the CPU for another
    /// class or for idle.
    private void settle(EevdfQueue queue, int cpu) {
        if (queue.current() != Tasks.NO_TASK && context().current(cpu) != queue.current()) {
            queue.putCurrent();
        }
    }

    /// Takes a waiting task from the longest queue, if that has so many more waiting than this one;
    /// returns it.
    private int pull(int cpu, int atLeast) {
        int found = Tasks.NO_TASK;
        int longest = atLeast - 1;
        for (int other = 0; other < queues.length; other++) {
            settle(queues[other], other);
            if (other != cpu && waiting(queues[other]) > longest) {
                int task = firstToMove(queues[other], cpu);
                found = task == Tasks.NO_TASK ? found : task;
                longest = task == Tasks.NO_TASK ? longest : waiting(queues[other]);
            }
        }
        if (found != Tasks.NO_TASK) {
            EevdfQueue from = queues[entities.queue(found)];
            from.charge(context().readClockNs(entities.queue(found)));
            move(found, from, queues[cpu]);
        }
        return found;
    }

    private static int waiting(EevdfQueue queue) {
        return queue.queued() - (queue.current() == Tasks.NO_TASK ? 0 : 1);
    }

    private int firstToMove(EevdfQueue queue, int cpu) {
        int task = queue.tree().first();
        while (task != Tasks.NO_TASK
                && (entities.isDelayed(task) || !context().tasks().allowedOn(task, cpu))) {
            task = queue.tree().next(task);
        }
        return task;
    }

    private static void move(int task, EevdfQueue from, EevdfQueue to) {
        from.dequeue(task, false, false);
        to.enqueue(task, false);
    }

    /// With HRTICK or without ticks, what is left of the request.
    @Override
    public long sliceNs(int task) {
        return isExact()
                ? Math.max(SLICE_END_NS_MIN, entities.untilDeadlineNs(task))
                : Long.MAX_VALUE;
    }

    @Override
    public boolean sliceEnd(int task, int cpu, long nowNs) {
        queues[cpu].charge(context().clockNs(cpu));
        return queues[cpu].queued() > 1;
    }

    private boolean isExact() {
        return hrtick || context != null && context.tickNs() == Long.MAX_VALUE;
    }

    @Override
    public boolean stepsBeforeSwitch() {
        return false;
    }

    @Override
    public boolean isCentral() {
        return queues.length <= 1;
    }

    @Override
    public String slicing() {
        return isExact() ? "exact" : "tick";
    }

    @Override
    public String traits() {
        return "fair eevdf";
    }

    @Override
    public String parameters() {
        return rules.words();
    }

    @Override
    public long sliceBoundNs() {
        boolean ticks = context != null && !isExact();
        return Math.max(rules.sliceNs(), ticks ? context().tickNs() : 0);
    }

    @Override
    public String explain(int task, int cpu) {
        return "virtual deadline %d ns, virtual runtime %d of average %d, %d others queued"
                .formatted(
                        entities.deadlineNs(task),
                        entities.vruntimeNs(task),
                        queues[cpu].averageNs(),
                        queues[cpu].queued() - 1);
    }

    @Override
    public String audit() {
        for (EevdfQueue queue : queues) {
            String fault = queue.audit();
            if (!fault.isEmpty()) {
                return fault;
            }
        }
        return "";
    }

    @Override
    public String name() {
        return "eevdf";
    }

    /// Virtual runtime of a task, in ns of nice 0.
    public long vruntimeNs(int task) {
        return entities.vruntimeNs(task);
    }

    /// Virtual deadline of a task.
    public long deadlineNs(int task) {
        return entities.deadlineNs(task);
    }

    private SchedContext context() {
        return Objects.requireNonNull(context);
    }
}
