package io.iowait.sched;

import io.iowait.tracepoint.TaskState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The tasks of a machine as columns of primitives; the kernel writes them, policies read [Tasks].
///
/// Sized at build for the tasks announced; more is a named, counted growth. About 40 bytes a task.
public final class TaskTable implements Tasks {
    private static final int ROOM = 16;

    private byte[] state;
    private short[] cpu;
    private byte[] classIndex;
    private byte[] priority;
    private byte[] nice;
    private long[] sumExecNs;
    private int[] voluntary;
    private int[] involuntary;
    private long[] affinity = new long[0];
    private int count;
    private int growths;
    private final List<Group> groups = new ArrayList<>();

    private record Group(int first, int last, String name) {}

    public TaskTable(int capacity) {
        state = new byte[capacity];
        cpu = new short[capacity];
        classIndex = new byte[capacity];
        priority = new byte[capacity];
        nice = new byte[capacity];
        sumExecNs = new long[capacity];
        voluntary = new int[capacity];
        involuntary = new int[capacity];
    }

    /// A new task in state NEW; ids are handed out in order.
    public int add(int classIndex, int priority, int nice) {
        if (count == state.length) {
            grow();
        }
        int task = count++;
        state[task] = TaskState.NEW;
        this.classIndex[task] = (byte) classIndex;
        this.priority[task] = (byte) priority;
        this.nice[task] = (byte) nice;
        return task;
    }

    /// Names the tasks first..last: `name` for one, `name.0`, `name.1` ... for several.
    public void name(int first, int last, String name) {
        groups.add(new Group(first, last, name));
    }

    /// Named runs of ids, for the facts of a trace.
    public void forEachGroup(GroupVisitor visitor) {
        groups.forEach(group -> visitor.visit(group.first, group.last, group.name));
    }

    /// Takes a run of task ids and its name.
    @FunctionalInterface
    public interface GroupVisitor {
        void visit(int first, int last, String name);
    }

    /// Restricts a task to the CPUs of the mask (bit 0 = CPU 0).
    public void restrict(int task, long mask) {
        if (mask == 0) {
            throw new IllegalArgumentException("affinity must name a CPU: task=" + name(task));
        }
        if (affinity.length < state.length) {
            int from = affinity.length;
            affinity = Arrays.copyOf(affinity, state.length);
            Arrays.fill(affinity, from, affinity.length, -1L);
        }
        affinity[task] = mask;
    }

    @Override
    public boolean allowedOn(int task, int cpu) {
        return task >= affinity.length || (affinity[task] >>> cpu & 1) != 0;
    }

    /// The affinity mask, or -1 for anywhere.
    public long affinity(int task) {
        return task >= affinity.length ? -1L : affinity[task];
    }

    @Override
    public int count() {
        return count;
    }

    @Override
    public int state(int task) {
        return state[task];
    }

    public void state(int task, int value) {
        state[task] = (byte) value;
    }

    @Override
    public int cpu(int task) {
        return cpu[task];
    }

    public void cpu(int task, int value) {
        cpu[task] = (short) value;
    }

    @Override
    public int classIndex(int task) {
        return classIndex[task];
    }

    @Override
    public int priority(int task) {
        return priority[task];
    }

    @Override
    public int nice(int task) {
        return nice[task];
    }

    @Override
    public long sumExecNs(int task) {
        return sumExecNs[task];
    }

    public void addExecNs(int task, long ns) {
        sumExecNs[task] += ns;
    }

    /// Switches away because the task blocked (`nvcsw`).
    public int voluntarySwitches(int task) {
        return voluntary[task];
    }

    /// Switches away while it was runnable (`nivcsw`).
    public int involuntarySwitches(int task) {
        return involuntary[task];
    }

    public void countSwitch(int task, boolean blocked) {
        if (blocked) {
            voluntary[task]++;
        } else {
            involuntary[task]++;
        }
    }

    @Override
    public String name(int task) {
        if (task == NO_TASK) {
            return "idle";
        }
        for (Group group : groups) {
            if (task >= group.first && task <= group.last) {
                return group.first == group.last
                        ? group.name
                        : group.name + "." + (task - group.first);
            }
        }
        return "task-" + task;
    }

    /// How often the columns outgrew their capacity.
    public int growths() {
        return growths;
    }

    private void grow() {
        int capacity = count + (count >> 1) + ROOM;
        state = Arrays.copyOf(state, capacity);
        cpu = Arrays.copyOf(cpu, capacity);
        classIndex = Arrays.copyOf(classIndex, capacity);
        priority = Arrays.copyOf(priority, capacity);
        nice = Arrays.copyOf(nice, capacity);
        sumExecNs = Arrays.copyOf(sumExecNs, capacity);
        voluntary = Arrays.copyOf(voluntary, capacity);
        involuntary = Arrays.copyOf(involuntary, capacity);
        growths++;
    }
}
