package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.FairState;

/// F2: while nobody comes or goes, nobody gets further ahead of its share than by r + q + e in time
/// on a CPU, nor falls further behind it than by r + n q + e: r is the longest request of the
/// queue, q how late its end is found (a tick; where ends are exact, the shortest timer), n the
/// number of the others, e the longest that a reschedule had to wait for.
///
/// The theorem has max(r, q) for both, of requests that are whole numbers of quanta. Linux's are
/// not: a request that a tick finds just short of its end goes on for another tick, and each of the
/// others may have got that much too much before one's own deadline comes.
///
/// Who came with a lag has that on top: it counts from the last arrival or departure. In long
/// queues not every pick is looked at.
///
/// Source: Stoica & Abdel-Wahab, "Earliest Eligible Virtual Deadline First" (TR-95-22); Linux 6.18
/// `kernel/sched/fair.c` (the comment above `entity_key`).
final class BoundedLag extends FairLaw {
    /// HRTICK's least.
    private static final long EXACT_NS = 10_000;

    private double[] fromNs = new double[0]; // by task: its lag when the queue's tasks last changed
    private long[] longestNs = new long[0]; // by queue: request
    private int[] steady = new int[0]; // by queue
    private long delayNs;

    BoundedLag(FairQueues queues) {
        super("F2", "eevdf: lag is bounded", queues);
    }

    @Override
    void told(World world, Block block, int i, int what) {
        int queue = block.cpu(i);
        steady = Rows.holding(steady, queue, 0);
        longestNs = Rows.holding(longestNs, queue, 0);
        delayed(block, i, queue);
        if (what == FairState.PLACE || what == FairState.YIELD || what > FairState.KEEP) {
            steady[queue] = 0;
        }
    }

    @Override
    void taken(World world, Block block, int i, int what) {
        int queue = block.cpu(i);
        if (what != FairState.RUN && what != FairState.CHARGE) {
            return;
        }
        if (steady[queue] == 0) {
            if (affords(queue)) {
                settle(queue);
            }
        } else if (what == FairState.CHARGE) {
            judge(world, block, i, block.task(i));
        } else if (affords(queue)) {
            for (int task = queues.first(queue);
                    task != FairQueues.NONE;
                    task = queues.next(task)) {
                judge(world, block, i, task);
            }
        }
    }

    @Override
    void switched(World world, Block block, int i, int queue) {
        delayed(block, i, queue);
    }

    private void delayed(Block block, int i, int queue) {
        if (queues.askedNs(queue) < block.t(i)) {
            delayNs = Math.max(delayNs, block.t(i) - queues.askedNs(queue));
        }
    }

    private void settle(int queue) {
        steady[queue] = 1;
        longestNs[queue] = 0;
        for (int task = queues.first(queue); task != FairQueues.NONE; task = queues.next(task)) {
            fromNs = holding(fromNs, task);
            fromNs[task] = lagNs(queue, task);
            longestNs[queue] = Math.max(longestNs[queue], queues.tasks().sliceNs(task));
        }
    }

    private double lagNs(int queue, int task) {
        return queues.tasks().realNs(task, queues.averageNs(queue) - queues.vruntimeNs(task));
    }

    private void judge(World world, Block block, int i, int task) {
        int queue = block.cpu(i);
        if (queues.queueOf(task) != queue) {
            return;
        }
        evaluated();
        long q = queues.setting().exact() ? EXACT_NS : queues.setting().tickNs();
        int others = Math.max(1, queues.count(queue) - 1);
        double exact = longestNs[queue] + delayNs;
        double lag = lagNs(queue, task);
        double least = Math.min(0, fromNs[task]) - exact - q;
        double most = Math.max(0, fromNs[task]) + exact + (double) q * others;
        if (lag < least || lag > most) {
            violated(
                    block,
                    i,
                    () ->
                            "%s has a lag of %.0f, not within %.0f to %.0f"
                                    .formatted(name(world, task), lag, least, most));
        }
    }

    private static double[] holding(double[] column, int row) {
        return row < column.length
                ? column
                : java.util.Arrays.copyOf(column, Rows.grown(column.length, row));
    }
}
