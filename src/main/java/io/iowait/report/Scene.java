package io.iowait.report;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.LoopQueue;
import io.iowait.tracepoint.TaskState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
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

    /// What is told of tasks and loops beyond that: why a task waits, until when, in which class.
    static final long DETAILS =
            Kind.mask(
                    Kind.SCHED_WAKING,
                    Kind.ENQUEUE,
                    Kind.TIMER_START,
                    Kind.TIMER_EXPIRE,
                    Kind.TIMER_CANCEL,
                    Kind.LOOP_TIMER_START,
                    Kind.LOOP_TIMER_CANCEL);

    static final int NONE = -1;

    private final List<TaskView> tasks = new ArrayList<>();
    private final List<CpuView> cpus = new ArrayList<>();
    private final SortedMap<Long, LoopView> loops = new TreeMap<>();

    /// How a task came to wait for a CPU.
    enum Arrival {
        UNKNOWN,
        NEW,
        /// By the task `by`, or by code without a task.
        WOKEN,
        /// In an interrupt of line `by`.
        WOKEN_IN_IRQ,
        /// It ran, and `by` runs instead.
        GAVE_WAY
    }

    /// What is known of a task.
    static final class TaskView {
        final int id;
        boolean isKnown;
        int state = TaskState.NEW;

        /// Its state as the last record has it, for [TaskState#letters].
        long stateSaid = TaskState.NEW;

        long sinceNs;
        int cpu;
        long call = NONE;
        long argument;
        long lock = NONE;
        int holder = NONE;

        /// Number of the record with which its state began: orders those of one instant.
        long sinceSeq;

        int policyClass = NONE;
        Arrival arrival = Arrival.UNKNOWN;
        int by = NONE;

        /// When its sleep ends at the latest, or NONE.
        long timerNs = NONE;

        TaskView(int id) {
            this.id = id;
        }

        private void become(int to, Block block, int i) {
            isKnown = true;
            stateSaid = to;
            if (state != to) {
                state = to;
                sinceNs = block.t(i);
                sinceSeq = block.seq(i);
            }
        }

        private void arrives(Arrival how, int whom) {
            arrival = how;
            by = whom;
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
        long callback = NONE;

        /// Posts that have not begun, in their order, with the queue of each ([LoopQueue]).
        final SequencedMap<Long, Integer> ready = new LinkedHashMap<>();

        /// Deadlines of its timers, by the numbers of the records that told them.
        final SequencedMap<Long, Long> timers = new LinkedHashMap<>();
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
            case Kind.SCHED_WAKING -> waking(block, i);
            case Kind.SCHED_WAKEUP -> woken(task(id), block, i);
            case Kind.SCHED_WAKEUP_NEW -> {
                task(id).arrives(Arrival.NEW, NONE);
                woken(task(id), block, i);
            }
            case Kind.SCHED_MIGRATE_TASK -> task(id).cpu = (int) block.b(i);
            case Kind.SCHED_PROCESS_FORK -> task((int) block.a(i)).become(TaskState.NEW, block, i);
            case Kind.ENQUEUE -> task(id).policyClass = (int) block.a(i);
            case Kind.IRQ_HANDLER_ENTRY -> irq(cpu(block.cpu(i)), (int) block.a(i), t);
            case Kind.IRQ_HANDLER_EXIT -> irq(cpu(block.cpu(i)), NONE, t);
            case Kind.SYS_ENTER -> call(task(id), block.a(i), block.b(i));
            case Kind.SYS_EXIT -> call(task(id), NONE, 0);
            case Kind.LOCK_WAIT -> lock(task(id), block.a(i), (int) block.b(i));
            case Kind.LOCK_ACQUIRE -> lock(task(id), NONE, NONE);
            case Kind.TIMER_START -> timer(id, block.b(i));
            case Kind.TIMER_EXPIRE, Kind.TIMER_CANCEL -> timer(id, NONE);
            case Kind.LOOP_ITERATION -> {
                LoopView loop = loop(block.a(i));
                loop.task = id;
                loop.iteration = block.b(i);
            }
            case Kind.LOOP_TIMER_START -> loop(block.b(i)).timers.put(block.seq(i), block.a(i));
            case Kind.LOOP_TIMER_CANCEL -> loop(block.b(i)).timers.remove(block.cause(i));
            case Kind.CALLBACK_POST, Kind.CALLBACK_CANCEL, Kind.CALLBACK_BEGIN, Kind.CALLBACK_END ->
                    loop(block, i);
            default -> {
                // other kinds may lie in the block
            }
        }
    }

    private void switched(Block block, int i) {
        long t = block.t(i);
        int prev = block.task(i);
        int next = (int) block.a(i);
        CpuView cpu = cpu(block.cpu(i));
        if (cpu.task >= 0 && cpu.task != prev && task(cpu.task).isRunning()) {
            task(cpu.task).become(TaskState.SLEEPING, block, i); // its switch was not recorded
        }
        if (prev >= 0) {
            TaskView left = task(prev);
            left.become(TaskState.left(block.b(i)), block, i);
            left.stateSaid = block.b(i);
            left.arrives(Arrival.GAVE_WAY, next);
            left.cpu = cpu.id;
            cpu.diskSleepers += left.state == TaskState.DISK ? 1 : 0;
        }
        if (next >= 0) {
            TaskView chosen = task(next);
            leaveDisk(chosen);
            chosen.become(TaskState.RUNNING, block, i);
            chosen.cpu = cpu.id;
        }
        cpu.task = next;
        cpu.sinceNs = t;
    }

    private void waking(Block block, int i) {
        CpuView cpu = cpu(Math.max(0, block.cpu(i)));
        if (block.b(i) != 0 && cpu.irq >= 0) {
            task(block.task(i)).arrives(Arrival.WOKEN_IN_IRQ, cpu.irq);
        } else {
            task(block.task(i)).arrives(Arrival.WOKEN, (int) block.a(i));
        }
    }

    private void woken(TaskView task, Block block, int i) {
        leaveDisk(task);
        if (!task.isRunning()) {
            if (task.arrival == Arrival.GAVE_WAY) {
                task.arrives(Arrival.UNKNOWN, NONE); // a trace without sched_waking
            }
            task.become(TaskState.RUNNABLE, block, i);
            task.cpu = (int) Math.max(0, block.a(i));
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

    private void timer(int owner, long ns) {
        if (owner >= 0) {
            task(owner).timerNs = ns;
        }
    }

    private LoopView loop(long id) {
        return loops.computeIfAbsent(id, unused -> new LoopView());
    }

    private void loop(Block block, int i) {
        LoopView loop = loop(LoopQueue.loop(block.b(i)));
        long post = block.a(i);
        switch (block.kind(i)) {
            case Kind.CALLBACK_POST -> {
                loop.ready.put(post, LoopQueue.queue(block.b(i)));
                loop.timers.remove(block.cause(i));
            }
            case Kind.CALLBACK_CANCEL -> loop.ready.remove(post);
            case Kind.CALLBACK_BEGIN -> {
                loop.ready.remove(post);
                loop.callback = post;
            }
            default -> loop.callback = NONE;
        }
    }
}
