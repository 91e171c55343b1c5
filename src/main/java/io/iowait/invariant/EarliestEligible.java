package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.FairState;

/// F3: of the eligible tasks that with the earliest virtual deadline is picked, equals as they
/// came.
///
/// Exceptions, each with its own condition: a current task that is eligible and *protected* goes on
/// (RUN_TO_PARITY); a wakee with a shorter request than the current task's ends or shortens that
/// protection (PREEMPT_SHORT); one of SCHED_IDLE lets go for any other, and those of SCHED_IDLE and
/// SCHED_BATCH do not preempt when they wake. A protection that is told is the one that follows.
///
/// Asked at each pick, at each test of a wakee against the current task, and when a delayed task is
/// dropped, which must be one that would be picked; in long queues not every time.
///
/// Source: Linux 6.18 `kernel/sched/fair.c` (`pick_eevdf`, `set_protect_slice`,
/// `check_preempt_wakeup_fair`), 6.6 and 6.12 for what differs.
final class EarliestEligible extends FairLaw {
    /// The latest of the records that tell of one test, without another between them; whether the
    /// current task has been charged in it, and has renewed its request.
    private long latest;

    private boolean charged;
    private boolean renewed;

    EarliestEligible(FairQueues queues) {
        super("F3", "eevdf: the earliest eligible deadline runs", queues);
    }

    @Override
    void told(World world, Block block, int i, int what) {
        boolean goesOn = block.seq(i) == latest + 1;
        latest = block.seq(i);
        charged = what == FairState.CHARGE || charged && goesOn;
        renewed = what == FairState.RENEW || renewed && goesOn && what != FairState.CHARGE;
        switch (what) {
            case FairState.PLACE, FairState.KEEP -> charged = false;
            case FairState.RUN -> picked(world, block, i);
            case FairState.TEST_LETS, FairState.TEST_STAYS -> tested(world, block, i, what);
            case FairState.DROP -> dropped(world, block, i);
            default -> {}
        }
    }

    private void picked(World world, Block block, int i) {
        int task = block.task(i);
        int queue = block.cpu(i);
        if (queues.hasChanged(task) || !affords(queue)) {
            return;
        }
        evaluated();
        int due = queues.pick(queue, true);
        if (due != task) {
            violated(block, i, () -> pickText(world, queue, task, due));
        }
        long untilNs =
                queues.current(queue) == task
                        ? queues.protectedNs(task)
                        : queues.protectionNs(queue, task);
        requireProtection(world, block, i, task, untilNs);
    }

    private String pickText(World world, int queue, int task, int due) {
        return "%s runs, and %s is due: the average is %d"
                .formatted(
                        state(world, task),
                        due == FairQueues.NONE ? "nobody" : state(world, due),
                        queues.count(queue) == 0 ? 0 : queues.averageNs(queue));
    }

    private String state(World world, int task) {
        return "%s with virtual runtime %d and deadline %d"
                .formatted(name(world, task), queues.vruntimeNs(task), queues.deadlineNs(task));
    }

    private void requireProtection(World world, Block block, int i, int task, long dueNs) {
        long untilNs = queues.vruntimeNs(task) + block.a(i);
        if (untilNs != dueNs) {
            violated(
                    block,
                    i,
                    () ->
                            "%s is protected until %d, not %d"
                                    .formatted(name(world, task), untilNs, dueNs));
        }
    }

    private void dropped(World world, Block block, int i) {
        int task = block.task(i);
        int queue = block.cpu(i);
        if (!affords(queue)) {
            return;
        }
        evaluated();
        if (!queues.isDelayed(task)
                || queues.pick(queue, true) != task && queues.pick(queue, false) != task) {
            violated(block, i, () -> state(world, task) + " is dropped and was not to be picked");
        }
    }

    // ---------------------------------------------------------------- a wakee

    private void tested(World world, Block block, int i, int what) {
        int task = block.task(i);
        int queue = block.cpu(i);
        int running = queues.current(queue);
        if (running == FairQueues.NONE || queues.queueOf(task) != queue) {
            violated(block, i, () -> name(world, task) + " is tested against nobody");
            return;
        }
        if (!affords(queue)) {
            return;
        }
        evaluated();
        FairTasks tasks = queues.tasks();
        boolean lets = what == FairState.TEST_LETS;
        boolean winsByPolicy = tasks.isIdle(running) && !tasks.isIdle(task);
        if (winsByPolicy) {
            require(world, block, i, lets, true);
            requireProtection(world, block, i, running, unprotectedNs(running));
        } else if (tasks.isIdle(task) || tasks.isIdle(running) || tasks.isBatch(task)) {
            require(world, block, i, lets, false);
            requireProtection(world, block, i, running, queues.protectedNs(running));
        } else {
            competed(world, block, i, lets);
        }
    }

    private void competed(World world, Block block, int i, boolean lets) {
        int task = block.task(i);
        int queue = block.cpu(i);
        int running = queues.current(queue);
        boolean isShort = isShort(task, running);
        boolean drops = isShort && (queues.setting().protectVirtual() || mayGo(task, running));
        boolean wins = queues.pick(queue, !drops) == task;
        require(world, block, i, lets, wins || letsGo(running));
        long untilNs = queues.protectedNs(running);
        if (drops && (wins || !queues.setting().protectVirtual())) {
            untilNs = unprotectedNs(running);
        } else if (drops && queues.setting().runToParity()) {
            long least = queues.leastSliceNs(queue, FairQueues.NONE);
            long shortNs = queues.tasks().virtualNs(running, least);
            untilNs = Math.min(untilNs, queues.vruntimeNs(running) + shortNs);
        }
        requireProtection(world, block, i, running, untilNs);
    }

    private boolean isShort(int task, int running) {
        return queues.setting().preemptShort()
                && queues.tasks().sliceNs(task) < queues.tasks().sliceNs(running);
    }

    /// Before 6.17: whether a shorter request ends the protection.
    private boolean mayGo(int task, int running) {
        return queues.isEligible(task)
                && (queues.deadlineNs(task) < queues.deadlineNs(running)
                        || !queues.isEligible(running));
    }

    /// Whether the current task, just charged, lets go of its own: its request or protection ended.
    private boolean letsGo(int running) {
        if (!charged) {
            return false;
        }
        boolean stays =
                queues.setting().protectVirtual()
                        ? queues.isProtected(running)
                        : !queues.setting().preemptShort()
                                || queues.isProtected(running)
                                || queues.isEligible(running);
        return renewed || !stays;
    }

    /// What a protection is told as that has been taken back.
    private long unprotectedNs(int running) {
        if (!queues.isProtected(running)) {
            return queues.protectedNs(running);
        }
        return queues.setting().protectVirtual()
                ? queues.vruntimeNs(running)
                : queues.deadlineNs(running) + 1;
    }

    private void require(World world, Block block, int i, boolean lets, boolean due) {
        if (lets != due) {
            violated(
                    block,
                    i,
                    () ->
                            "%s wakes, and %s %s"
                                    .formatted(
                                            state(world, block.task(i)),
                                            state(world, queues.current(block.cpu(i))),
                                            lets ? "is to let go" : "goes on"));
        }
    }
}
