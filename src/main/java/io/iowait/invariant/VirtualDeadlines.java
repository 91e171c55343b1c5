package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.FairState;

/// F4: a request begins at a virtual runtime v and has the deadline v + request / weight; the next
/// one begins when, and only when, v has reached it.
///
/// A new task's first request is half; who left without blocking comes back with its deadline as
/// far ahead as it was; a yield gives the rest of a request up: since 6.18 the next begins at the
/// old deadline, if the task is eligible; before, the deadline alone moves.
///
/// Source: Linux 6.18 `kernel/sched/fair.c` (`update_deadline`, `place_entity`, `yield_task_fair`).
final class VirtualDeadlines extends FairLaw {
    /// By queue: who is to make another request now, or -1.
    private int[] due = new int[0];

    VirtualDeadlines(FairQueues queues) {
        super("F4", "eevdf: a deadline is a request ahead", queues);
    }

    @Override
    void told(World world, Block block, int i, int what) {
        int task = block.task(i);
        int queue = block.cpu(i);
        due = Rows.holding(due, queue, FairQueues.NONE);
        int isDue = due[queue];
        due[queue] = FairQueues.NONE;
        if (isDue != FairQueues.NONE && (what != FairState.RENEW || isDue != task)) {
            violated(block, i, () -> name(world, isDue) + " is past its deadline, which stays");
        }
        switch (what) {
            case FairState.CHARGE -> {
                evaluated();
                if (queues.vruntimeNs(task) + block.a(i) >= queues.deadlineNs(task)) {
                    due[queue] = task;
                }
            }
            case FairState.RENEW -> {
                if (isDue != task) {
                    violated(block, i, () -> name(world, task) + " has a new deadline too soon");
                }
                require(world, block, i, block.a(i), requestNs(task));
            }
            case FairState.PLACE ->
                    require(world, block, i, FairState.value(block.b(i)), aheadNs(task));
            case FairState.YIELD -> yielded(world, block, i, task);
            default -> {}
        }
    }

    private long requestNs(int task) {
        return queues.tasks().virtualNs(task, queues.tasks().sliceNs(task));
    }

    /// How far ahead the deadline of a task is that is placed.
    private long aheadNs(int task) {
        if (queues.keepsDeadline(task)) {
            return queues.deadlineNs(task) - queues.vruntimeNs(task);
        }
        boolean halves = queues.setting().placeInitial() && queues.isForked(task);
        return halves ? requestNs(task) / 2 : requestNs(task);
    }

    private void yielded(World world, Block block, int i, int task) {
        boolean forfeits = queues.setting().yieldForfeits();
        long v = forfeits ? queues.deadlineNs(task) : queues.vruntimeNs(task);
        long d = queues.deadlineNs(task) + requestNs(task);
        require(world, block, i, FairState.value(block.b(i)), d - v);
        if (block.a(i) != v || forfeits && !queues.isEligible(task)) {
            violated(
                    block,
                    i,
                    () ->
                            "%s yields and has virtual runtime %d, not %d"
                                    .formatted(name(world, task), block.a(i), v));
        }
    }

    private void require(World world, Block block, int i, long aheadNs, long dueNs) {
        evaluated();
        if (aheadNs != dueNs) {
            violated(
                    block,
                    i,
                    () ->
                            "%s has a deadline %d ahead, not %d"
                                    .formatted(name(world, block.task(i)), aheadNs, dueNs));
        }
    }
}
