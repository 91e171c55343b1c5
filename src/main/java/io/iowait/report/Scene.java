package io.iowait.report;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.LoopQueue;
import io.iowait.tracepoint.TaskState;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// Who runs where, who waits and who sleeps, as far as the records up to now tell.
///
/// Bears with traces that begin in the middle or lack records: a task that is found running
/// elsewhere than expected is taken from there.
final class Scene {
    static final long KINDS =
            Kind.mask(
                    Kind.SCHED_SWITCH,
                    Kind.SCHED_WAKEUP,
                    Kind.SCHED_WAKEUP_NEW,
                    Kind.SCHED_MIGRATE_TASK,
                    Kind.SCHED_PROCESS_FORK,
                    Kind.IRQ_HANDLER_ENTRY,
                    Kind.IRQ_HANDLER_EXIT,
                    Kind.SYS_ENTER,
                    Kind.SYS_EXIT,
                    Kind.LOCK_WAIT,
                    Kind.LOCK_ACQUIRE,
                    Kind.LOOP_ITERATION,
                    Kind.CALLBACK_POST,
                    Kind.CALLBACK_CANCEL,
                    Kind.CALLBACK_BEGIN,
                    Kind.CALLBACK_END);

    static final int NONE = -1;

    private final List<TaskView> tasks = new ArrayList<>();
    private final List<CpuView> cpus = new ArrayList<>();
    private final SortedMap<Long, LoopView> loops = new TreeMap<>();

    /// What is known of a task.
    static final class TaskView {
        final int id;
        boolean isKnown;
        int state = TaskState.NEW;
        long sinceNs;
        int cpu;
        long call = NONE;
        long argument;
        long lock = NONE;
        int holder = NONE;

        TaskView(int id) {
            this.id = id;
        }

        private void become(int to, long t) {
            isKnown = true;
            if (state != to) {
                state = to;
                sinceNs = t;
            }
        }

        boolean isRunning() {
            return state == TaskState.RUNNING;
        }
    }

    /// What is known of a CPU.
    static final class CpuView {
        final int id;
        int task = NONE;
        long sinceNs;
        int irq = NONE;
        long irqSinceNs;
        int diskSleepers;

        CpuView(int id) {
            this.id = id;
        }
    }

    /// What is known of an event loop.
    static final class LoopView {
        int task = NONE;
        long iteration;
        long ready;
        long callback = NONE;
    }

    List<TaskView> tasks() {
        return tasks;
    }

    List<CpuView> cpus() {
        return cpus;
    }

    SortedMap<Long, LoopView> loops() {
        return loops;
    }

    TaskView task(int id) {
        while (tasks.size() <= id) {
            tasks.add(new TaskView(tasks.size()));
        }
        return tasks.get(id);
    }

    CpuView cpu(int id) {
        while (cpus.size() <= id) {
            cpus.add(new CpuView(cpus.size()));
        }
        return cpus.get(id);
    }

    /// Takes in one record.
    void apply(Block block, int i) {
        int id = block.task(i);
        long t = block.t(i);
        switch (block.kind(i)) {
            case Kind.SCHED_SWITCH -> switched(block, i);
            case Kind.SCHED_WAKEUP, Kind.SCHED_WAKEUP_NEW -> woken(task(id), block.a(i), t);
            case Kind.SCHED_MIGRATE_TASK -> task(id).cpu = (int) block.b(i);
            case Kind.SCHED_PROCESS_FORK -> task((int) block.a(i)).become(TaskState.NEW, t);
            case Kind.IRQ_HANDLER_ENTRY -> irq(cpu(block.cpu(i)), (int) block.a(i), t);
            case Kind.IRQ_HANDLER_EXIT -> irq(cpu(block.cpu(i)), NONE, t);
            case Kind.SYS_ENTER -> call(task(id), block.a(i), block.b(i));
            case Kind.SYS_EXIT -> call(task(id), NONE, 0);
            case Kind.LOCK_WAIT -> lock(task(id), block.a(i), (int) block.b(i));
            case Kind.LOCK_ACQUIRE -> lock(task(id), NONE, NONE);
            default -> loop(block, i);
        }
    }

    private void switched(Block block, int i) {
        long t = block.t(i);
        int prev = block.task(i);
        int next = (int) block.a(i);
        CpuView cpu = cpu(block.cpu(i));
        if (cpu.task >= 0 && cpu.task != prev && task(cpu.task).isRunning()) {
            task(cpu.task).become(TaskState.SLEEPING, t); // its switch was not recorded
        }
        if (prev >= 0) {
            TaskView left = task(prev);
            left.become((int) block.b(i), t);
            left.cpu = cpu.id;
            cpu.diskSleepers += left.state == TaskState.DISK ? 1 : 0;
        }
        if (next >= 0) {
            TaskView chosen = task(next);
            leaveDisk(chosen);
            chosen.become(TaskState.RUNNING, t);
            chosen.cpu = cpu.id;
        }
        cpu.task = next;
        cpu.sinceNs = t;
    }

    private void woken(TaskView task, long targetCpu, long t) {
        leaveDisk(task);
        if (!task.isRunning()) {
            task.become(TaskState.RUNNABLE, t);
            task.cpu = (int) Math.max(0, targetCpu);
        }
    }

    private void leaveDisk(TaskView task) {
        if (task.state == TaskState.DISK) {
            cpu(task.cpu).diskSleepers--;
        }
    }

    private static void irq(CpuView cpu, int line, long t) {
        cpu.irq = line;
        cpu.irqSinceNs = t;
    }

    private static void call(TaskView task, long number, long argument) {
        task.call = number;
        task.argument = argument;
    }

    private static void lock(TaskView task, long lock, int holder) {
        task.lock = lock;
        task.holder = holder;
    }

    private void loop(Block block, int i) {
        boolean isIteration = block.kind(i) == Kind.LOOP_ITERATION;
        long id = isIteration ? block.a(i) : LoopQueue.loop(block.b(i));
        LoopView loop = loops.computeIfAbsent(id, unused -> new LoopView());
        switch (block.kind(i)) {
            case Kind.LOOP_ITERATION -> {
                loop.task = block.task(i);
                loop.iteration = block.b(i);
            }
            case Kind.CALLBACK_POST -> loop.ready++;
            case Kind.CALLBACK_CANCEL -> loop.ready--;
            case Kind.CALLBACK_BEGIN -> {
                loop.ready--;
                loop.callback = block.a(i);
            }
            case Kind.CALLBACK_END -> loop.callback = NONE;
            default -> {
                // other kinds may lie in the block
            }
        }
    }
}
