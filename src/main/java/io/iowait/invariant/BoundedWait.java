package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TaskState;

/// L1: nobody stays runnable for longer than the starvation limit without running.
///
/// A class may tell a limit of its own. A multi-level feedback queue has one by its rules: a boost
/// period, and a quantum of each other task. Against such a limit the time does not count in which
/// more important classes ran. A violation of classes with a limit of their own or the trait
/// `fair`; of others a finding, since strict priorities, FIFO or shortest job first starve by
/// design when the program asks too much.
///
/// Source: sched_ext's watchdog (Linux 6.18 `kernel/sched/ext.c`, 30 s); tools/verification/rv,
/// monitor stall; OSTEP ch. 8 (rule 5).
final class BoundedWait extends Law {
    private long limitNs;

    /// By class: its own limit, [Long#MAX_VALUE] for none, and what each other task may add to it.
    private long[] ownNs = new long[0];

    private long[] perTaskNs = new long[0];

    /// By class: time that CPUs have spent on more important ones.
    private long[] aboveNs = new long[0];

    /// By task: its class, also when that does not know it for the moment.
    private int[] classOf = new int[0];

    /// By task: the same when it began to wait.
    private long[] aboveBeforeNs = new long[0];

    private int tasksMax;
    private boolean own;

    BoundedWait() {
        super("L1", "no runnable task starves", Scope.KERNEL);
    }

    @Override
    public long kindsBefore() {
        return Kind.mask(Kind.SCHED_SWITCH, Kind.POLICY_EJECT);
    }

    @Override
    public long kindsAfter() {
        return own ? Kind.mask(Kind.ENQUEUE) : 0;
    }

    @Override
    public long kindsNeeded() {
        return Kind.mask(Kind.SCHED_SWITCH);
    }

    @Override
    public void begin(World world) {
        Setting setting = world.setting();
        limitNs = setting.starvationLimitNs();
        int classes = setting.classCount();
        ownNs = new long[classes];
        perTaskNs = new long[classes];
        aboveNs = new long[classes];
        for (int c = 0; c < classes; c++) {
            ownNs[c] = setting.facts().getLong("starvation_limit." + c, Long.MAX_VALUE);
            if (!setting.hasRestrictedTasks()) {
                int index = c;
                FeedbackSetting.of(setting, c)
                        .filter(feedback -> feedback.boostNs() > 0 && !feedback.ioBump())
                        .ifPresent(feedback -> promise(index, feedback, setting.slackNs()));
            }
            own |= ownNs[c] != Long.MAX_VALUE;
        }
    }

    private void promise(int policyClass, FeedbackSetting feedback, long slackNs) {
        ownNs[policyClass] = feedback.boostNs();
        perTaskNs[policyClass] = feedback.longestQuantumNs() + slackNs;
    }

    @Override
    public void before(World world, Block block, int i) {
        if (block.kind(i) == Kind.POLICY_EJECT) {
            int ejected = (int) block.a(i);
            if (ejected >= 0 && ejected < ownNs.length) {
                ownNs[ejected] = Long.MAX_VALUE; // who takes its place has promised nothing
            }
            return;
        }
        int next = (int) block.a(i);
        if (own) {
            tellAbove(world, block, i);
        }
        if (next < 0 || world.state(next) != TaskState.RUNNABLE) {
            return;
        }
        evaluated();
        long waitedNs = block.t(i) - world.sinceNs(next);
        long boundNs = boundNs(world, next);
        if (waitedNs > boundNs && !world.setting().isForeign(next)) {
            if (isPromised(world, next)) {
                violated(block, i, () -> text(world, next, waitedNs, boundNs));
            } else {
                found(block, i, () -> text(world, next, waitedNs, boundNs));
            }
        }
    }

    /// A task has begun to wait, or waits under another class.
    @Override
    public void after(World world, Block block, int i) {
        beginsToWait(world, block.task(i));
    }

    private void tellAbove(World world, Block block, int i) {
        int cpu = block.cpu(i);
        int previous = world.running(cpu);
        if (previous >= 0) {
            long ranNs = block.t(i) - world.runningSinceNs(cpu);
            int lastClass = previous < classOf.length ? classOf[previous] : -1;
            for (int c = lastClass + 1; c < aboveNs.length; c++) {
                aboveNs[c] += ranNs;
            }
        }
        if (block.task(i) >= 0 && TaskState.left(block.b(i)) == TaskState.RUNNABLE) {
            beginsToWait(world, block.task(i));
        }
        tasksMax = Math.max(tasksMax, world.live());
    }

    private void beginsToWait(World world, int task) {
        int policyClass = world.policyClass(task);
        if (policyClass >= 0 && policyClass < aboveNs.length) {
            classOf = Rows.holding(classOf, task, -1);
            classOf[task] = policyClass;
            aboveBeforeNs = Rows.holding(aboveBeforeNs, task, 0);
            aboveBeforeNs[task] = aboveNs[policyClass];
        }
    }

    /// How long this task may have waited until now.
    private long boundNs(World world, int task) {
        int policyClass = world.policyClass(task);
        if (policyClass < 0
                || policyClass >= ownNs.length
                || ownNs[policyClass] == Long.MAX_VALUE
                || task >= aboveBeforeNs.length) {
            return limitNs;
        }
        long aboveNs = this.aboveNs[policyClass] - aboveBeforeNs[task];
        return ownNs[policyClass] + tasksMax * perTaskNs[policyClass] + aboveNs;
    }

    @Override
    public void end(World world, long endNs) {
        for (int task = 0; task < world.tasks(); task++) {
            if (world.state(task) == TaskState.RUNNABLE && !world.setting().isForeign(task)) {
                endsWaiting(world, task, endNs);
            }
        }
    }

    private void endsWaiting(World world, int task, long endNs) {
        evaluated();
        long waitedNs = endNs - world.sinceNs(task);
        long boundNs = boundNs(world, task);
        for (int cpu = 0; cpu < world.cpus() && own; cpu++) {
            boundNs += world.running(cpu) < 0 ? 0 : endNs - world.runningSinceNs(cpu);
        }
        if (waitedNs <= boundNs) {
            return;
        }
        long most = boundNs;
        if (isPromised(world, task)) {
            violatedAtEnd(endNs, -1, task, () -> text(world, task, waitedNs, most));
        } else {
            foundAtEnd(endNs, -1, task, () -> text(world, task, waitedNs, most));
        }
    }

    private boolean isPromised(World world, int task) {
        int policyClass = world.policyClass(task);
        return world.setting().emulated()
                && (world.setting().classIs(policyClass, "fair")
                        || policyClass >= 0
                                && policyClass < ownNs.length
                                && ownNs[policyClass] != Long.MAX_VALUE);
    }

    private String text(World world, int task, long waitedNs, long boundNs) {
        return "%s was runnable for %d ns, at most %d"
                .formatted(world.setting().name(task), waitedNs, boundNs);
    }
}
