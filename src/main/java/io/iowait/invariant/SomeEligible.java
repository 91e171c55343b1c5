package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.FairState;
import io.iowait.tracepoint.TaskState;

/// F5: in a queue that is not empty somebody is eligible, since the least virtual runtime is not
/// above the average: so whoever is picked is, and a CPU does not go idle while a task of its queue
/// is runnable.
///
/// Delayed tasks do not count, which are asleep. In long queues not every switch is looked at.
///
/// Source: Linux 6.18 `kernel/sched/fair.c` (`pick_eevdf`).
final class SomeEligible extends FairLaw {
    SomeEligible(FairQueues queues) {
        super("F5", "eevdf: somebody is eligible", queues);
    }

    @Override
    void told(World world, Block block, int i, int what) {
        int task = block.task(i);
        if (what != FairState.RUN || queues.hasChanged(task)) {
            return;
        }
        evaluated();
        if (queues.queueOf(task) != block.cpu(i) || !queues.isEligible(task)) {
            violated(block, i, () -> name(world, task) + " is picked and not eligible");
        }
    }

    @Override
    void switched(World world, Block block, int i, int queue) {
        if (block.a(i) >= 0 || queues.count(queue) == 0 || !affords(queue)) {
            return;
        }
        evaluated();
        for (int task = queues.first(queue); task != FairQueues.NONE; task = queues.next(task)) {
            boolean waits =
                    world.state(task) == TaskState.RUNNABLE
                            || task == block.task(i) && block.b(i) == TaskState.RUNNABLE;
            if (waits && !queues.isDelayed(task) && world.setting().allows(task, queue)) {
                int left = task;
                violated(block, i, () -> name(world, left) + " waits while its CPU goes idle");
                return;
            }
        }
    }
}
