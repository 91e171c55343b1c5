package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TaskState;
import java.util.Optional;

/// F12q: classes `fifo` and `rr` run their tasks in the order of their queue.
///
/// Who becomes runnable, yields or has used up a slice goes to the tail; who is preempted by a
/// higher class keeps the head. A `fifo` task is never preempted for another of its class. A task
/// that is asked to give up its CPU and is, or then was, inside a system call may have yielded: it
/// may go to the tail.
///
/// A trace does not always show where a policy puts a task: a slice may end at the tick, before the
/// switch, and at the moment of a preemption. So each waiting task has an interval of places,
/// `low..high`, in units of sequence numbers. A task may run if no other is certainly before it:
/// its `low` is not above the least `high`, which is that of the list's head.
///
/// | how it came to wait | low | high |
/// |---|---|---|
/// | enqueue, migration, yield | this record | this record |
/// | preempted within its class | request to reschedule | this record |
/// | preempted by a higher class, slice not used up | first | before all others |
/// | preempted by a higher class, slice perhaps used up, or perhaps a yield | first | this record |
///
/// Source: POSIX SCHED_FIFO and SCHED_RR; Linux `kernel/sched/rt.c` (requeue_task_rt).
final class QueueOrder extends Law {
    private static final long FIRST = Long.MIN_VALUE;
    private static final long NOT_ASKED = -1;

    private final IdLists queues = new IdLists(); // waiting tasks by queue, in order of high
    private long[] low = new long[0]; // by task
    private long[] high = new long[0];
    private long[] usedNs = new long[0]; // of the slice, when last preempted
    private int[] inCall = new int[0]; // 1 from sys_enter to sys_exit
    private long[] askedSeq = new long[0]; // by cpu: request to reschedule since its last switch
    private long[] askedNs = new long[0];
    private int[] askedInCall = new int[0]; // 1: the latest request fell into a call of its task
    private long beforeAll = 0; // counts down

    QueueOrder() {
        super("F12q", "fifo, rr: run in order of the queue", Scope.REALTIME);
    }

    @Override
    public long kindsBefore() {
        return Kind.mask(
                Kind.SCHED_SWITCH,
                Kind.DEQUEUE,
                Kind.SET_NEED_RESCHED,
                Kind.SYS_ENTER,
                Kind.SYS_EXIT);
    }

    @Override
    public long kindsAfter() {
        return Kind.mask(Kind.ENQUEUE, Kind.SCHED_MIGRATE_TASK);
    }

    @Override
    public Optional<String> skip(Setting setting) {
        if (setting.cpus() == 0) {
            return Optional.of("needs the fact cpus");
        }
        for (int c = 0; c < setting.classCount(); c++) {
            if (isOrdered(setting, c)) {
                return Optional.empty();
            }
        }
        return Optional.of("no fifo or round-robin class");
    }

    @Override
    public void before(World world, Block block, int i) {
        switch (block.kind(i)) {
            case Kind.SCHED_SWITCH -> switched(world, block, i);
            case Kind.DEQUEUE -> queues.remove(block.task(i));
            case Kind.SYS_ENTER -> enters(block, i);
            case Kind.SYS_EXIT -> inCall(block.task(i), 0);
            default -> asked(world, block, i);
        }
    }

    @Override
    public void after(World world, Block block, int i) {
        int task = block.task(i);
        if (block.kind(i) == Kind.SCHED_MIGRATE_TASK && !changesQueue(world, task)) {
            return;
        }
        if (world.state(task) == TaskState.RUNNABLE) {
            toTail(world, task, world.cpuOf(task), block.seq(i), block.seq(i));
        }
    }

    private boolean changesQueue(World world, int task) {
        return queues.contains(task)
                && queues.listOf(task)
                        != world.setting().queueOf(world.policyClass(task), world.cpuOf(task));
    }

    /// A task that is asked to give up its CPU at the end of a burst may still yield.
    private void enters(Block block, int i) {
        inCall(block.task(i), 1);
        int cpu = block.cpu(i);
        if (cpu >= 0 && cpu < askedSeq.length && askedSeq[cpu] != NOT_ASKED) {
            askedInCall[cpu] = 1;
        }
    }

    private void inCall(int task, int value) {
        if (task >= 0) {
            inCall = Rows.holding(inCall, task, 0);
            inCall[task] = value;
        }
    }

    private void asked(World world, Block block, int i) {
        int cpu = block.cpu(i);
        askedSeq = Rows.holding(askedSeq, cpu, NOT_ASKED);
        askedNs = Rows.holding(askedNs, cpu, 0);
        if (askedSeq[cpu] == NOT_ASKED) {
            askedSeq[cpu] = block.seq(i);
        }
        askedNs[cpu] = block.t(i);
        int current = world.running(cpu);
        askedInCall = Rows.holding(askedInCall, cpu, 0);
        askedInCall[cpu] = current >= 0 && current < inCall.length ? inCall[current] : 0;
    }

    private void switched(World world, Block block, int i) {
        int cpu = block.cpu(i);
        int previous = block.task(i);
        int next = (int) block.a(i);
        askedSeq = Rows.holding(askedSeq, cpu, NOT_ASKED);
        askedNs = Rows.holding(askedNs, cpu, 0);
        if (next >= 0 && queues.contains(next)) {
            judge(world, block, i, cpu, next);
            queues.remove(next);
        }
        if (previous >= 0
                && TaskState.left(block.b(i)) == TaskState.RUNNABLE
                && isOrdered(world.setting(), world.policyClass(previous))) {
            requeue(world, block, i, previous, next);
        }
        askedSeq[cpu] = NOT_ASKED;
    }

    private void judge(World world, Block block, int i, int cpu, int next) {
        evaluated();
        int head = queues.first(queues.listOf(next));
        while (head != IdLists.NONE && !world.setting().allows(head, cpu)) {
            head = queues.next(head);
        }
        if (head != IdLists.NONE && head != next && low[next] > high[head]) {
            int passed = head;
            violated(
                    block,
                    i,
                    () ->
                            "%s runs before %s, which is ahead of it in %s"
                                    .formatted(
                                            world.setting().name(next),
                                            world.setting().name(passed),
                                            world.setting().className(world.policyClass(next))));
        }
    }

    private void requeue(World world, Block block, int i, int previous, int next) {
        int cpu = block.cpu(i);
        long seq = block.seq(i);
        int policyClass = world.policyClass(previous);
        int nextClass = next < 0 ? World.NO_CLASS : world.policyClass(next);
        boolean isAsked = askedSeq[cpu] != NOT_ASKED;
        usedNs = Rows.holding(usedNs, previous, 0);
        if (isAsked && (nextClass == World.NO_CLASS || nextClass > policyClass)) {
            toTail(world, previous, cpu, FIRST, seq); // throttled, or the like: anywhere
        } else if (isAsked && nextClass < policyClass) {
            preempted(world, block, i, previous);
        } else {
            if (isAsked
                    && isFifo(world, policyClass)
                    && askedNs[cpu] == block.t(i)
                    && askedInCall[cpu] == 0) {
                violated(
                        block,
                        i,
                        () ->
                                "fifo task %s is preempted for %s of its class"
                                        .formatted(
                                                world.setting().name(previous),
                                                world.setting().name(next)));
            }
            usedNs[previous] = 0;
            toTail(world, previous, cpu, isAsked ? askedSeq[cpu] : seq, seq);
        }
    }

    private void preempted(World world, Block block, int i, int task) {
        int cpu = block.cpu(i);
        Setting setting = world.setting();
        int policyClass = world.policyClass(task);
        usedNs[task] += block.t(i) - world.runningSinceNs(cpu);
        boolean insideSlice =
                isFifo(world, policyClass)
                        || (setting.classIs(policyClass, "exact")
                                && usedNs[task] < setting.sliceNs(policyClass));
        boolean keepsHead = insideSlice && askedInCall[cpu] == 0;
        if (keepsHead) {
            place(task, FIRST, --beforeAll);
            queues.prepend(setting.queueOf(policyClass, cpu), task);
        } else {
            toTail(world, task, cpu, FIRST, block.seq(i));
        }
    }

    private void toTail(World world, int task, int cpu, long lowest, long highest) {
        int policyClass = world.policyClass(task);
        if (isOrdered(world.setting(), policyClass)) {
            place(task, lowest, highest);
            queues.append(world.setting().queueOf(policyClass, cpu), task);
        }
    }

    private void place(int task, long lowest, long highest) {
        low = Rows.holding(low, task, 0);
        high = Rows.holding(high, task, 0);
        low[task] = lowest;
        high[task] = highest;
    }

    private static boolean isFifo(World world, int policyClass) {
        return world.setting().classIs(policyClass, "fifo");
    }

    private static boolean isOrdered(Setting setting, int policyClass) {
        return setting.classIs(policyClass, "fifo") || setting.classIs(policyClass, "rr");
    }
}
