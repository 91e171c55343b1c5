package io.iowait.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EngineTest {
    private final EventQueue events = new EventQueue(8);
    private final List<String> log = new ArrayList<>();
    private final Engine engine =
            new Engine(
                    events,
                    (id, handler, arg, nowNs) -> log.add(handler + ":" + arg + "@" + nowNs));

    @Test
    void runsWhatIsDueIncludingTheLimitAndNothingBeyond() {
        armed(1, 10);
        armed(2, 20);
        int beyond = armed(3, 21);
        engine.runUntil(20);
        assertThat(log).containsExactly("0:1@10", "0:2@20");
        assertThat(engine.nowNs()).isEqualTo(20);
        assertThat(events.peek()).isEqualTo(beyond);
        assertThat(events.timeNs(beyond)).isEqualTo(21);
    }

    @Test
    void anEventCanStillBeArmedBetweenTheLimitAndTheNextEvent() {
        armed(1, 100);
        engine.runUntil(50);
        armed(2, 60);
        engine.runUntil(100);
        assertThat(log).containsExactly("0:2@60", "0:1@100");
    }

    @Test
    void runningInPartsEqualsRunningAtOnce() {
        assertThat(ticksUntil(7, 8, 30, 31)).isEqualTo(ticksUntil(31));
    }

    private static List<Long> ticksUntil(long... limitsNs) {
        EventQueue events = new EventQueue(1);
        List<Long> ticksNs = new ArrayList<>();
        int tick = events.allot(0, 0);
        events.arm(tick, 0, 0);
        Engine engine =
                new Engine(
                        events,
                        (id, _, _, nowNs) -> {
                            ticksNs.add(nowNs);
                            events.arm(id, nowNs + 4, 0);
                        });
        for (long limitNs : limitsNs) {
            engine.runUntil(limitNs);
        }
        return ticksNs;
    }

    @Test
    void aHandlerMayArmForTheSameInstant() {
        EventQueue queue = new EventQueue(1);
        int[] count = {0};
        Engine chain =
                new Engine(
                        queue,
                        (id, _, _, nowNs) -> {
                            if (++count[0] < 5) {
                                queue.arm(id, nowNs, 0);
                            }
                        });
        queue.arm(queue.allot(0, 0), 3, 0);
        chain.runUntil(3);
        assertThat(count[0]).isEqualTo(5);
    }

    @Test
    void stepSaysWhetherAnEventWasDueAndOtherwiseChangesNothing() {
        armed(1, 10);
        assertThat(engine.step(9)).isFalse();
        assertThat(engine.nowNs()).isZero();
        assertThat(engine.step(10)).isTrue();
        assertThat(engine.nowNs()).isEqualTo(10);
        assertThat(engine.step(Time.NEVER)).isFalse();
        assertThat(engine.nowNs()).isEqualTo(10);
    }

    @Test
    void anIdleRunOnlyMovesTheClock() {
        engine.runUntil(5);
        engine.runUntil(5);
        assertThat(engine.nowNs()).isEqualTo(5);
    }

    @Test
    void goingBack_fails() {
        engine.runUntil(5);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> engine.runUntil(4))
                .withMessageContaining("timeNs=4 nowNs=5");
    }

    @Test
    void anEventArmedForThePast_failsAndStaysArmed() {
        engine.runUntil(5);
        int past = armed(1, 4);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> engine.step(9))
                .withMessageContaining("timeNs=4 nowNs=5");
        assertThat(events.isArmed(past)).isTrue();
    }

    @Test
    void clockRefusesNever() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Clock().advanceTo(Time.NEVER));
    }

    @Test
    void unitsOfTimeRefuseToOverflow() {
        assertThat(Time.micros(3)).isEqualTo(3_000);
        assertThat(Time.millis(-3)).isEqualTo(-3_000_000);
        assertThat(Time.seconds(9_223_372_036L)).isEqualTo(9_223_372_036_000_000_000L);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Time.seconds(9_223_372_037L))
                .withMessageContaining("count=9223372037");
        assertThatIllegalArgumentException().isThrownBy(() -> Time.micros(Long.MIN_VALUE));
    }

    private int armed(int arg, long timeNs) {
        int id = events.allot(0, arg);
        events.arm(id, timeNs, 0);
        return id;
    }
}
