package io.iowait.sched;

import io.iowait.tracepoint.TaskState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The tasks of a machine; the kernel writes them, policies read [Tasks].
///
/// One row of eight longs a task, so that a step of a task among very many touches one or two cache
/// lines and not a dozen columns (docs/benchmarks.md):
///
///     0    state (8) | class (8) | priority (8) | nice (8) | cpu (32)
///     1    sumExecNs
///     2    voluntary switches (32) | involuntary (32)
///     3-7  words of the kernel's own, see [#own]
///
/// Sized at build for the tasks announced; more is a named, counted growth.
public final class TaskTable implements Tasks {
    private static final int ROOM = 16;
    private static final long UNSAID = Long.MIN_VALUE;

    /// So many ids rest before one is handed out again, so that those of tasks that lived at the
    /// same time, or shortly after each other, differ.
    private static final int SPARES_KEPT = 32;

    /// How many words the kernel has of its own.
    public static final int OWN_COUNT = 5;

    private static final int ROW = 8;
    private static final int WORD = 0;
    private static final int EXEC = 1;
    private static final int SWITCHES = 2;
    private static final int OWN = 3;

    private static final int CLASS_SHIFT = 8;
    private static final int PRIORITY_SHIFT = 16;
    private static final int NICE_SHIFT = 24;
    private static final int CPU_SHIFT = 32;
    private static final long INT_MASK = 0xFFFF_FFFFL;

    private long[] rows;
    private int capacity;
    private long[] affinity = new long[0];
    private int[] lenders = new int[0];
    private int count;
    private int growths;

    /// Rows that may be used again, in the order in which they were given back: a ring.
    private int[] spare = new int[64];

    private int firstSpare;
    private int spares;
    private final List<Group> groups = new ArrayList<>();

    /// One column a key, allotted when the first task has it.
    private final List<String> parameterKeys = new ArrayList<>();

    private final List<long[]> parameters = new ArrayList<>();

    private record Group(int first, int last, String name) {}

    public TaskTable(int capacity) {
        this.capacity = capacity;
        rows = new long[capacity * ROW];
    }

    /// A new task in state NEW; ids are handed out in order, and only those that were [#release]d a
    /// while ago are handed out again.
    public int add(int classIndex, int priority, int nice) {
        int task;
        if (spares > SPARES_KEPT) {
            task = takeSpare();
        } else {
            if (count == capacity) {
                grow();
            }
            task = count++;
        }
        rows[task * ROW + WORD] =
                TaskState.NEW
                        | (long) classIndex << CLASS_SHIFT
                        | (long) priority << PRIORITY_SHIFT
                        | (nice & 0xFFL) << NICE_SHIFT;
        return task;
    }

    /// The task has ended and nobody will ask for it again: another may have its id one day.
    public void release(int task) {
        if (spares == spare.length) {
            int[] wider = new int[2 * spares];
            for (int i = 0; i < spares; i++) {
                wider[i] = spare[firstSpare + i & spares - 1];
            }
            spare = wider;
            firstSpare = 0;
        }
        spare[firstSpare + spares++ & spare.length - 1] = task;
    }

    private int takeSpare() {
        int task = spare[firstSpare];
        firstSpare = firstSpare + 1 & spare.length - 1;
        spares--;
        Arrays.fill(rows, task * ROW, (task + 1) * ROW, 0);
        if (task < affinity.length) {
            affinity[task] = -1L;
        }
        for (long[] values : parameters) {
            if (task < values.length) {
                values[task] = UNSAID;
            }
        }
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

    /// Restricts a task to the CPUs of the mask (bit 0 = CPU 0; CPUs from 64 on are in no mask but
    /// -1).
    public void restrict(int task, long mask) {
        if (mask == 0) {
            throw new IllegalArgumentException("affinity must name a CPU: task=" + name(task));
        }
        if (affinity.length < capacity) {
            int from = affinity.length;
            affinity = Arrays.copyOf(affinity, capacity);
            Arrays.fill(affinity, from, affinity.length, -1L);
        }
        affinity[task] = mask;
    }

    /// Gives a task a number that policies find under this key.
    public void addParameter(int task, String key, long value) {
        int column = parameterKeys.indexOf(key);
        if (column < 0) {
            column = parameterKeys.size();
            parameterKeys.add(key);
            parameters.add(new long[0]);
        }
        long[] values = parameters.get(column);
        if (task >= values.length) {
            int from = values.length;
            values = Arrays.copyOf(values, Math.max(capacity, task + 1));
            Arrays.fill(values, from, values.length, UNSAID);
            parameters.set(column, values);
        }
        values[task] = value;
    }

    @Override
    public long parameter(int task, String key, long otherwise) {
        int column = parameterKeys.indexOf(key);
        if (column < 0 || task >= parameters.get(column).length) {
            return otherwise;
        }
        long value = parameters.get(column)[task];
        return value == UNSAID ? otherwise : value;
    }

    /// The task's parameters as words `key=value`, for the facts of a trace.
    public String parameters(int task) {
        StringBuilder words = new StringBuilder();
        for (String key : parameterKeys) {
            long value = parameter(task, key, UNSAID);
            if (value != UNSAID) {
                words.append(words.isEmpty() ? "" : " ").append(key).append('=').append(value);
            }
        }
        return words.toString();
    }

    @Override
    public boolean allowedOn(int task, int cpu) {
        if (task >= affinity.length || affinity[task] == -1L) {
            return true;
        }
        return cpu < Long.SIZE && (affinity[task] >>> cpu & 1) != 0;
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
        return (int) rows[task * ROW + WORD] & 0xFF;
    }

    public void state(int task, int value) {
        int at = task * ROW + WORD;
        rows[at] = rows[at] & ~0xFFL | value;
    }

    @Override
    public int cpu(int task) {
        return (int) (rows[task * ROW + WORD] >>> CPU_SHIFT);
    }

    public void cpu(int task, int value) {
        int at = task * ROW + WORD;
        rows[at] = rows[at] & INT_MASK | (long) value << CPU_SHIFT;
    }

    @Override
    public int classIndex(int task) {
        return (int) rows[task * ROW + WORD] >>> CLASS_SHIFT & 0xFF;
    }

    @Override
    public int priority(int task) {
        return (int) rows[task * ROW + WORD] >>> PRIORITY_SHIFT & 0xFF;
    }

    /// Gives a task the class and priority of a lender, or its own again (`lender` = itself).
    public void lend(int task, int classIndex, int priority, int lender) {
        int at = task * ROW + WORD;
        rows[at] =
                rows[at] & ~(0xFFFFL << CLASS_SHIFT)
                        | (long) classIndex << CLASS_SHIFT
                        | (long) priority << PRIORITY_SHIFT;
        if (task >= lenders.length) {
            int from = lenders.length;
            lenders = Arrays.copyOf(lenders, Math.max(capacity, task + 1));
            Arrays.setAll(lenders, i -> i < from ? lenders[i] : i);
        }
        lenders[task] = lender;
    }

    @Override
    public int lender(int task) {
        return task < lenders.length ? lenders[task] : task;
    }

    @Override
    public int nice(int task) {
        return (byte) (rows[task * ROW + WORD] >>> NICE_SHIFT);
    }

    @Override
    public long sumExecNs(int task) {
        return rows[task * ROW + EXEC];
    }

    public void addExecNs(int task, long ns) {
        rows[task * ROW + EXEC] += ns;
    }

    /// Switches away because the task blocked (`nvcsw`).
    public int voluntarySwitches(int task) {
        return (int) rows[task * ROW + SWITCHES];
    }

    /// Switches away while it was runnable (`nivcsw`).
    public int involuntarySwitches(int task) {
        return (int) (rows[task * ROW + SWITCHES] >>> 32);
    }

    public void countSwitch(int task, boolean blocked) {
        rows[task * ROW + SWITCHES] += blocked ? 1 : 1L << 32;
    }

    /// Word `0 .. OWN_COUNT-1` of the kernel's own; 0 in a new task.
    public long own(int task, int word) {
        return rows[task * ROW + OWN + word];
    }

    public void own(int task, int word, long value) {
        rows[task * ROW + OWN + word] = value;
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
        capacity = count + (count >> 1) + ROOM;
        rows = Arrays.copyOf(rows, capacity * ROW);
        growths++;
    }
}
