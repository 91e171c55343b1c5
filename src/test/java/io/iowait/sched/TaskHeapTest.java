package io.iowait.sched;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TaskHeapTest {
    private final TaskTable tasks = new TaskTable(8);
    private final TaskHeap heap = new TaskHeap();

    private int add(long key, long affinity) {
        int task = tasks.add(0, 0, 0);
        tasks.restrict(task, affinity);
        heap.add(task, key);
        return task;
    }

    @Test
    void theLeastThatMayRunOnTheCpuIsFirst() {
        int elsewhere = add(3, 2);
        add(5, 1);
        int least = add(4, 1);
        assertThat(heap.first()).isEqualTo(elsewhere);
        assertThat(heap.firstAllowed(0, tasks)).isEqualTo(least);
        assertThat(heap.firstAllowed(1, tasks)).isEqualTo(elsewhere);
        assertThat(heap.firstAllowed(2, tasks)).isEqualTo(Tasks.NO_TASK);
    }

    @Test
    void equalsComeInOrderOfArrival() {
        int[] all = new int[6];
        for (int i = 0; i < all.length; i++) {
            all[i] = add(7, 1);
        }
        for (int task : all) {
            assertThat(heap.first()).isEqualTo(task);
            heap.remove(task);
        }
        assertThat(heap.isEmpty()).isTrue();
    }
}
