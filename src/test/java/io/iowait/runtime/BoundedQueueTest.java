package io.iowait.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class BoundedQueueTest {
    @Test
    void holdsAsManyAsItSaysFirstInFirstOut() {
        for (int capacity = 1; capacity <= 3; capacity++) {
            BoundedQueue queue = new BoundedQueue(capacity);
            for (int round = 0; round < 3; round++) {
                for (int i = 0; i < capacity; i++) {
                    assertThat(queue.offer(10 * round + i)).isTrue();
                }
                assertThat(queue.offer(99)).isFalse();
                for (int i = 0; i < capacity; i++) {
                    assertThat(queue.poll()).isEqualTo(10L * round + i);
                }
                assertThat(queue.poll()).isEqualTo(BoundedQueue.NOTHING);
            }
        }
    }

    @Test
    void aQueueWithoutRoom_fails() {
        assertThatThrownBy(() -> new BoundedQueue(0)).hasMessageContaining("capacity=0");
    }
}
