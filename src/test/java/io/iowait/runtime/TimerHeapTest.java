package io.iowait.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class TimerHeapTest {
    private static List<Integer> drain(TimerHeap heap) {
        List<Integer> order = new ArrayList<>();
        while (!heap.isEmpty()) {
            order.add(heap.pop());
        }
        return order;
    }

    @Test
    void equalDeadlinesComeAsTheHeapLeavesThem() {
        TimerHeap heap = new TimerHeap();
        for (int handle = 0; handle < 5; handle++) {
            heap.push(10, handle);
        }
        assertThat(drain(heap)).containsExactly(0, 2, 4, 1, 3);
    }

    /// Pushes (below 8) and pops against the rule of the conformance cases, written out plainly.
    @Property(seed = "1")
    void followsTheRuleMoveByMove(@ForAll @Size(max = 200) List<@IntRange(max = 11) Integer> ops) {
        TimerHeap heap = new TimerHeap();
        Plain plain = new Plain();
        int handle = 0;
        for (int op : ops) {
            if (op < 8) {
                heap.push(op, handle);
                plain.push(op, handle++);
            } else if (!heap.isEmpty()) {
                assertThat(heap.pop()).isEqualTo(plain.pop());
            }
        }
        heap.rebuild(heap.size());
        plain.heapify();
        while (!heap.isEmpty()) {
            assertThat(heap.pop()).isEqualTo(plain.pop());
        }
    }

    /// The twin: entries of (deadline, handle) in a list, moved by swaps.
    private static final class Plain {
        private final List<int[]> entries = new ArrayList<>();

        void push(int when, int handle) {
            entries.add(new int[] {when, handle});
            up(entries.size() - 1, 0);
        }

        int pop() {
            int[] last = entries.removeLast();
            if (entries.isEmpty()) {
                return last[1];
            }
            int[] root = entries.set(0, last);
            sink(0);
            return root[1];
        }

        void heapify() {
            for (int i = entries.size() / 2 - 1; i >= 0; i--) {
                sink(i);
            }
        }

        private void sink(int top) {
            int i = top;
            while (2 * i + 1 < entries.size()) {
                int child = 2 * i + 1;
                boolean hasRight = child + 1 < entries.size();
                if (hasRight && entries.get(child)[0] >= entries.get(child + 1)[0]) {
                    child++;
                }
                swap(i, child);
                i = child;
            }
            up(i, top);
        }

        private void up(int from, int top) {
            int i = from;
            while (i > top && entries.get(i)[0] < entries.get((i - 1) / 2)[0]) {
                swap(i, (i - 1) / 2);
                i = (i - 1) / 2;
            }
        }

        private void swap(int i, int j) {
            int[] kept = entries.get(i);
            entries.set(i, entries.get(j));
            entries.set(j, kept);
        }
    }
}
