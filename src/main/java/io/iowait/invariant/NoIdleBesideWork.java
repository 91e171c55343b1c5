package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TaskState;
import java.util.Optional;

/// W1: no CPU idles for longer than ε beside a runnable task that it may run.
///
/// Asked of one CPU, and of classes whose queue is central. ε (`switch_bound_ns`) covers the exit
/// from idle and the switch. A CPU that serves an interrupt (thousands of timers may be due in
/// one), or that the hypervisor took away, does not idle; who was woken for an idle CPU that serves
/// one waits from its end on. A CPU that was told to reschedule in time has ε for that, too: it may
/// take another task than the one that it was told for. So nobody waits in vain while as many CPUs
/// are on their way out of idle as tasks have waited for ε.
///
/// Two lists in order of time, idle CPUs and runnable tasks, make the check O(1): of all pairs the
/// heads overlap longest. Tasks with an affinity mask have a list of their own, which is walked as
/// far as its tasks have waited for ε. A pair is judged when either of the two ends.
///
/// Source: definition of work conservation; Lozi et al., "The Linux Scheduler: a Decade of Wasted
/// Cores", EuroSys 2016 (check_idle_overloaded).
final class NoIdleBesideWork extends Law {
    private static final long NEVER = Long.MIN_VALUE / 2;
    private static final int NOBODY = -1;
    private static final int FREE = 0;
    private static final int BOUND = 1;
    private static final int PROMISED = 2; // to an idle CPU that serves an interrupt

    private final IdLists waiting = new IdLists(); // FREE, BOUND, PROMISED tasks, oldest first
    private long[] waitingSinceNs = new long[0];
    private final IdLists idle = new IdLists(); // one list of CPUs, oldest first
    private long[] idleSinceNs = new long[0];
    private long[] toldNs = new long[0]; // by CPU: when it was told to reschedule last
    private long boundNs;
    private boolean tellsEnqueues;

    NoIdleBesideWork() {
        super("W1", "no CPU idles beside runnable tasks", Scope.KERNEL);
    }

    @Override
    public long kindsBefore() {
        return Kind.mask(
                Kind.SCHED_SWITCH,
                Kind.DEQUEUE,
                Kind.SET_NEED_RESCHED,
                Kind.IRQ_HANDLER_ENTRY,
                Kind.IRQ_HANDLER_EXIT);
    }

    @Override
    public long kindsAfter() {
        return tellsEnqueues
                ? Kind.mask(Kind.ENQUEUE)
                : Kind.mask(Kind.SCHED_WAKEUP, Kind.SCHED_WAKEUP_NEW, Kind.ENQUEUE);
    }

    @Override
    public long kindsNeeded() {
        return Kind.mask(Kind.SCHED_SWITCH, Kind.SCHED_WAKEUP);
    }

    @Override
    public Optional<String> skip(Setting setting) {
        if (setting.cpus() == 0) {
            return Optional.of("needs the fact cpus");
        }
        if (setting.cpus() == 1) {
            return Optional.empty();
        }
        for (int c = 0; setting.emulated() && c < setting.classCount(); c++) {
            if (isConserving(setting, c)) {
                return Optional.empty();
            }
        }
        return Optional.of("no class has a central queue");
    }

    @Override
    public void begin(World world) {
        boundNs = world.setting().switchBoundNs();
        tellsEnqueues = world.setting().emulated();
        idleSinceNs = Rows.holding(idleSinceNs, world.cpus() - 1, 0);
        toldNs = Rows.holding(toldNs, world.cpus() - 1, NEVER);
        for (int cpu = 0; world.fromStart() && cpu < world.cpus(); cpu++) {
            idle.append(0, cpu);
        }
    }

    @Override
    public void before(World world, Block block, int i) {
        switch (block.kind(i)) {
            case Kind.SCHED_SWITCH -> switched(world, block, i);
            case Kind.DEQUEUE -> leave(world, block, i, block.task(i));
            case Kind.SET_NEED_RESCHED -> {
                toldNs = Rows.holding(toldNs, block.cpu(i), NEVER);
                toldNs[block.cpu(i)] = block.t(i);
            }
            case Kind.IRQ_HANDLER_ENTRY -> {
                leaveIdle(world, block, i, block.cpu(i), NOBODY);
                promise(world, block.cpu(i), block.t(i));
            }
            default -> {
                int cpu = block.cpu(i);
                boolean over = world.irqDepth(cpu) == 1 && !idle.contains(cpu);
                if (over && world.running(cpu) == World.IDLE) {
                    enterIdle(cpu, block.t(i));
                    keepPromises(world, cpu, block.t(i));
                }
            }
        }
    }

    /// A task waits from its enqueue on or, where enqueues are not told, from its wake-up.
    @Override
    public void after(World world, Block block, int i) {
        int task = block.task(i);
        if (world.state(task) == TaskState.RUNNABLE) {
            enter(world, task, block.t(i));
        }
    }

    @Override
    public void end(World world, long endNs) {
        int cpu = idle.first(0);
        if (cpu == IdLists.NONE) {
            return;
        }
        evaluated();
        int task = overlapping(world, cpu, endNs);
        if (task != IdLists.NONE
                && !isOnTheWay(cpu, task, endNs)
                && !isHelped(world, task, NOBODY, NOBODY, endNs)) {
            violatedAtEnd(endNs, cpu, task, () -> text(world, cpu, task, endNs));
        }
    }

    private void switched(World world, Block block, int i) {
        long t = block.t(i);
        int cpu = block.cpu(i);
        int previous = block.task(i);
        int next = (int) block.a(i);
        if (next >= 0) {
            boolean seen = leaveIdle(world, block, i, cpu, next);
            if (seen) {
                waiting.remove(next); // told once
            } else {
                leave(world, block, i, next);
            }
        }
        if (previous >= 0 && TaskState.left(block.b(i)) == TaskState.RUNNABLE) {
            enter(world, previous, t);
        }
        if (next < 0) {
            enterIdle(cpu, t);
        }
    }

    private void enter(World world, int task, long t) {
        Setting setting = world.setting();
        int policyClass = world.policyClass(task);
        boolean conserving =
                policyClass == World.NO_CLASS
                        ? setting.cpus() == 1
                        : isConserving(setting, policyClass);
        if (conserving && !setting.isForeign(task)) {
            int cpu = world.cpuOf(task);
            boolean promised =
                    cpu >= 0 && world.irqDepth(cpu) > 0 && world.running(cpu) == World.IDLE;
            waits(promised ? PROMISED : listOf(setting, task), task, t);
        }
    }

    private void waits(int list, int task, long t) {
        waitingSinceNs = Rows.holding(waitingSinceNs, task, 0);
        waitingSinceNs[task] = t;
        waiting.append(list, task);
    }

    private static int listOf(Setting setting, int task) {
        return setting.isRestricted(task) ? BOUND : FREE;
    }

    /// An interrupt comes before an idle CPU has taken those who were woken for it.
    private void promise(World world, int cpu, long t) {
        if (world.running(cpu) == World.IDLE) {
            promise(world, FREE, cpu, t);
            promise(world, BOUND, cpu, t);
        }
    }

    private void promise(World world, int list, int cpu, long t) {
        int next = waiting.first(list);
        while (next != IdLists.NONE) {
            int task = next;
            next = waiting.next(task);
            if (world.cpuOf(task) == cpu && t - waitingSinceNs[task] <= boundNs) {
                waiting.append(PROMISED, task);
            }
        }
    }

    /// The interrupt ends: those who were woken for this CPU wait for it now.
    private void keepPromises(World world, int cpu, long t) {
        int next = waiting.first(PROMISED);
        while (next != IdLists.NONE) {
            int task = next;
            next = waiting.next(task);
            if (world.cpuOf(task) == cpu) {
                waiting.remove(task);
                waits(listOf(world.setting(), task), task, t);
            }
        }
    }

    private void enterIdle(int cpu, long t) {
        toldNs = Rows.holding(toldNs, cpu, NEVER);
        idleSinceNs = Rows.holding(idleSinceNs, cpu, 0);
        idleSinceNs[cpu] = t;
        idle.append(0, cpu);
    }

    /// The task runs or is taken away: did it wait beside an idle CPU?
    private void leave(World world, Block block, int i, int task) {
        if (!waiting.contains(task)) {
            return;
        }
        evaluated();
        boolean promised = waiting.listOf(task) == PROMISED;
        waiting.remove(task);
        long t = block.t(i);
        if (promised) {
            return;
        }
        if (t - waitingSinceNs[task] <= boundNs) {
            return;
        }
        for (int cpu = idle.first(0);
                cpu != IdLists.NONE && t - idleSinceNs[cpu] > boundNs;
                cpu = idle.next(cpu)) {
            if (world.setting().allows(task, cpu)
                    && !isOnTheWay(cpu, task, t)
                    && !isHelped(world, task, NOBODY, NOBODY, t)) {
                int idler = cpu;
                violated(block, i, () -> text(world, idler, task, t));
                return;
            }
        }
    }

    /// The CPU stops idling, for `next`: did it idle beside a waiting task? Answers whether it did.
    private boolean leaveIdle(World world, Block block, int i, int cpu, int next) {
        if (!idle.contains(cpu)) {
            return false;
        }
        evaluated();
        idle.remove(cpu);
        long t = block.t(i);
        if (t - idleSinceNs[cpu] <= boundNs) {
            return false;
        }
        int task = overlapping(world, cpu, t);
        if (task == IdLists.NONE
                || isOnTheWay(cpu, task, t)
                || task != next && isHelped(world, task, cpu, next, t)) {
            return false;
        }
        violated(block, i, () -> text(world, cpu, task, t));
        return true;
    }

    /// Whether the CPU was told to reschedule before the task had waited beside it for ε, not more
    /// than ε ago.
    private boolean isOnTheWay(int cpu, int task, long t) {
        long sinceNs = Math.max(idleSinceNs[cpu], waitingSinceNs[task]);
        return toldNs[cpu] - sinceNs <= boundNs && t - toldNs[cpu] <= boundNs;
    }

    /// Whether there are as many CPUs on their way out of idle as tasks that have waited for ε,
    /// this one included, but for a CPU and the task that it takes.
    private boolean isHelped(World world, int task, int cpu, int taken, long t) {
        int coming = 0;
        for (int c = 0; c < world.cpus(); c++) {
            boolean comes =
                    c != cpu
                            && c < toldNs.length
                            && t - toldNs[c] <= boundNs
                            && world.running(c) == World.IDLE
                            && world.setting().allows(task, c);
            coming += comes ? 1 : 0;
        }
        int wait = waiting.contains(task) ? 0 : 1;
        return coming >= wait + overdue(FREE, taken, t) + overdue(BOUND, taken, t);
    }

    private int overdue(int list, int taken, long t) {
        int count = 0;
        for (int task = waiting.first(list);
                task != IdLists.NONE && t - waitingSinceNs[task] > boundNs;
                task = waiting.next(task)) {
            count += task == taken ? 0 : 1;
        }
        return count;
    }

    /// A task that waited for more than ε while this CPU idled, or NONE.
    private int overlapping(World world, int cpu, long t) {
        if (t - idleSinceNs[cpu] <= boundNs) {
            return IdLists.NONE;
        }
        int free = waiting.first(FREE);
        if (free != IdLists.NONE && t - waitingSinceNs[free] > boundNs) {
            return free;
        }
        for (int task = waiting.first(BOUND);
                task != IdLists.NONE && t - waitingSinceNs[task] > boundNs;
                task = waiting.next(task)) {
            if (world.setting().allows(task, cpu)) {
                return task;
            }
        }
        return IdLists.NONE;
    }

    private String text(World world, int cpu, int task, long t) {
        long sinceNs = Math.max(idleSinceNs[cpu], waitingSinceNs[task]);
        return "cpu %d idles beside runnable %s for %d ns, at most %d"
                .formatted(cpu, world.setting().name(task), t - sinceNs, boundNs);
    }

    private static boolean isConserving(Setting setting, int policyClass) {
        return setting.isCentral(policyClass) && !setting.classIs(policyClass, "non-conserving");
    }
}
