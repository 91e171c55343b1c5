package io.iowait.sched;

import java.util.Arrays;

/// Tasks in order of a number each, the least first; equals in order of arrival.
///
/// A binary heap with places by task id. Adding, removing and looking at the first are O(log n) at
/// most; [#firstAllowed] looks at all tasks when the first may not run on the CPU.
public final class TaskHeap {
    private static final int OUT = -1;

    private int[] heap = new int[16];
    private int size;

    /// By task id.
    private int[] placeOf = new int[0];

    private long[] keys = new long[0];
    private long[] arrivals = new long[0];
    private long arrival;

    public boolean isEmpty() {
        return size == 0;
    }

    public int size() {
        return size;
    }

    public boolean contains(int task) {
        return task < placeOf.length && placeOf[task] != OUT;
    }

    /// The first task, or [Tasks#NO_TASK].
    public int first() {
        return size == 0 ? Tasks.NO_TASK : heap[0];
    }

    /// The number under which the task was added last.
    public long key(int task) {
        return keys[task];
    }

    public void add(int task, long key) {
        ensure(task);
        if (placeOf[task] != OUT) {
            throw new PolicyFault("task queued twice: task=" + task);
        }
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, 2 * size);
        }
        keys[task] = key;
        arrivals[task] = arrival++;
        rise(size++, task);
    }

    public void remove(int task) {
        int place = placeOf[task];
        placeOf[task] = OUT;
        int last = heap[--size];
        if (last != task) {
            rise(place, last);
            if (placeOf[last] == place) {
                sink(place, last);
            }
        }
    }

    /// The first task that may run on the CPU, or [Tasks#NO_TASK].
    public int firstAllowed(int cpu, Tasks tasks) {
        int found = first();
        if (found == Tasks.NO_TASK || tasks.allowedOn(found, cpu)) {
            return found;
        }
        found = Tasks.NO_TASK;
        for (int place = 0; place < size; place++) {
            int task = heap[place];
            if (tasks.allowedOn(task, cpu) && (found == Tasks.NO_TASK || isBefore(task, found))) {
                found = task;
            }
        }
        return found;
    }

    private boolean isBefore(int a, int b) {
        return keys[a] != keys[b] ? keys[a] < keys[b] : arrivals[a] < arrivals[b];
    }

    private void rise(int from, int task) {
        int place = from;
        while (place > 0 && isBefore(task, heap[parentOf(place)])) {
            put(place, heap[parentOf(place)]);
            place = parentOf(place);
        }
        put(place, task);
    }

    private void sink(int from, int task) {
        int place = from;
        for (int child = leastChild(place); child < size; child = leastChild(place)) {
            if (!isBefore(heap[child], task)) {
                break;
            }
            put(place, heap[child]);
            place = child;
        }
        put(place, task);
    }

    private int leastChild(int place) {
        int left = 2 * place + 1;
        return left + 1 < size && isBefore(heap[left + 1], heap[left]) ? left + 1 : left;
    }

    private static int parentOf(int place) {
        return place - 1 >> 1;
    }

    private void put(int place, int task) {
        heap[place] = task;
        placeOf[task] = place;
    }

    private void ensure(int task) {
        if (task >= placeOf.length) {
            int from = placeOf.length;
            int length = Math.max(task + 1, from + (from >> 1) + 16);
            placeOf = Arrays.copyOf(placeOf, length);
            Arrays.fill(placeOf, from, length, OUT);
            keys = Arrays.copyOf(keys, length);
            arrivals = Arrays.copyOf(arrivals, length);
        }
    }
}
