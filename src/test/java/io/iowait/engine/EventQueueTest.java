package io.iowait.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class EventQueueTest {
    private final EventQueue events = new EventQueue(4);

    @Test
    void earlierTimeComesFirst() {
        int late = armed(20, 0);
        int early = armed(10, 5);
        assertThat(drain()).containsExactly(early, late);
    }

    @Test
    void lowerRankComesFirstAtEqualTimes() {
        int high = armed(10, 15);
        int low = armed(10, 0);
        assertThat(drain()).containsExactly(low, high);
    }

    @Test
    void equalsComeInOrderOfArming() {
        int a = armed(10, 1);
        int b = armed(10, 1);
        int c = armed(10, 1);
        events.arm(a, 10, 1);
        assertThat(drain()).containsExactly(b, c, a);
    }

    @Test
    void explicitOrderDecidesWhateverTheOrderOfArming() {
        int cpu1 = events.allot(0, 1);
        int cpu0 = events.allot(0, 0);
        int byArming = armed(10, 3);
        events.armOrdered(cpu1, 10, 3, 1);
        events.armOrdered(cpu0, 10, 3, 0);
        assertThat(drain()).containsExactly(cpu0, cpu1, byArming);
    }

    @Test
    void lowerIdComesFirstAtEqualExplicitOrders() {
        int a = events.allot(0, 0);
        int b = events.allot(0, 0);
        events.armOrdered(b, 10, 3, 7);
        events.armOrdered(a, 10, 3, 7);
        assertThat(drain()).containsExactly(a, b);
    }

    @Test
    void rearmingMovesBothWays() {
        int a = armed(10, 0);
        int b = armed(20, 0);
        events.arm(a, 30, 0);
        assertThat(events.peek()).isEqualTo(b);
        assertThat(events.timeNs(a)).isEqualTo(30);
        events.arm(a, 5, 0);
        assertThat(events.size()).isEqualTo(2);
        assertThat(drain()).containsExactly(a, b);
    }

    @Test
    void cancelSaysWhetherTheEventWasArmed() {
        int a = armed(10, 0);
        assertThat(events.cancel(a)).isTrue();
        assertThat(events.cancel(a)).isFalse();
        assertThat(events.isArmed(a)).isFalse();
        assertThat(events.timeNs(a)).isEqualTo(Time.NEVER);
        assertThat(events.isEmpty()).isTrue();
    }

    @Test
    void anEmptyQueueHasNoFirst() {
        EventQueue empty = new EventQueue(0);
        assertThat(empty.peek()).isEqualTo(EventQueue.NONE);
        assertThat(empty.poll()).isEqualTo(EventQueue.NONE);
        assertThat(empty.peekTimeNs()).isEqualTo(Time.NEVER);
        assertThat(empty.size()).isZero();
    }

    @Test
    void peekingChangesNothing() {
        int a = armed(10, 0);
        assertThat(events.peek()).isEqualTo(events.peek()).isEqualTo(a);
        assertThat(events.peekTimeNs()).isEqualTo(10);
        assertThat(events.size()).isEqualTo(1);
    }

    @Test
    void anEventKeepsItsHandlerAndArgument() {
        int a = events.allot(7, 70);
        events.arg(a, 71);
        assertThat(events.handler(a)).isEqualTo(7);
        assertThat(events.arg(a)).isEqualTo(71);
    }

    @Test
    void releasedIdsAreAllottedAgainLastFirst() {
        int a = events.allot(1, 1);
        int b = events.allot(2, 2);
        events.release(a);
        events.release(b);
        assertThat(events.allot(3, 3)).isEqualTo(b);
        assertThat(events.allot(4, 4)).isEqualTo(a);
        assertThat(events.allot(5, 5)).isEqualTo(2);
        assertThat(events.handler(a)).isEqualTo(4);
    }

    @Test
    void growthKeepsWhatIsArmedAndIsCounted() {
        for (int time = 4; time > 0; time--) {
            armed(time, 0);
        }
        assertThat(events.growths()).isZero();
        int fifth = armed(0, 0);
        assertThat(events.growths()).isEqualTo(1);
        assertThat(drain()).containsExactly(fifth, 3, 2, 1, 0);
        events.ensureCapacity(1);
        assertThat(events.growths()).isEqualTo(1);
        events.ensureCapacity(1000);
        assertThat(events.growths()).isEqualTo(2);
    }

    @Test
    void theLastInstantBeforeNeverCanBeArmed() {
        int a = armed(Time.NEVER - 1, 15);
        assertThat(events.peekTimeNs()).isEqualTo(Time.NEVER - 1);
        assertThat(events.poll()).isEqualTo(a);
    }

    @Test
    void rejectsWhatHasNoPlaceInTheOrder() {
        int a = events.allot(0, 0);
        rejects(() -> events.arm(a, -1, 0), "timeNs=-1");
        rejects(() -> events.arm(a, Time.NEVER, 0), "timeNs=" + Time.NEVER);
        rejects(() -> events.arm(a, 0, -1), "rank=-1");
        rejects(() -> events.arm(a, 0, 16), "rank=16");
        rejects(() -> events.armOrdered(a, 0, 0, -1), "order=-1");
        rejects(() -> events.armOrdered(a, 0, 0, EventQueue.ORDER_COUNT), "order=16777216");
        assertThat(events.isEmpty()).isTrue();
    }

    @Test
    void rejectsIdsThatAreNotAllotted() {
        int a = armed(1, 0);
        rejects(() -> events.release(a), "must not be armed: id=0 timeNs=1");
        events.cancel(a);
        events.release(a);
        rejects(() -> events.release(a), "id=0");
        rejects(() -> events.arm(a, 0, 0), "id=0");
        rejects(() -> events.cancel(1), "id=1");
        rejects(() -> events.handler(-1), "id=-1");
        rejects(() -> new EventQueue(-1), "capacity=-1");
    }

    private int armed(long timeNs, int rank) {
        int id = events.allot(0, 0);
        events.arm(id, timeNs, rank);
        return id;
    }

    private int[] drain() {
        int[] ids = new int[events.size()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = events.poll();
        }
        return ids;
    }

    private static void rejects(Runnable call, String facts) {
        assertThatIllegalArgumentException().isThrownBy(call::run).withMessageContaining(facts);
    }
}
