package io.iowait.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.iowait.tracepoint.Tracer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The peers of the benchmarks do the same work: in the same virtual time as many events, but for
/// the rounding of times (ours are whole ns).
class PeersTest {
    private static final long EVENTS = 200_000;

    @ParameterizedTest
    @ValueSource(ints = {10, 1_000, 100_000})
    void sleepAsOften(int count) {
        assertTheSame(
                MachineLoad.sleepers(count, Tracer.off()),
                new SsjSleepers(count, Peers.bestList(count)));
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 1_000, 100_000})
    void dispatchAsOften(int count) {
        assertTheSame(
                MachineLoad.jobs(count, Tracer.off()), new SsjJobs(count, Peers.bestList(count)));
    }

    private static void assertTheSame(Load ours, Load peers) {
        ours.run(EVENTS);
        peers.run(EVENTS);
        assertThat(ours.events())
                .isCloseTo(peers.events(), within(peers.events() / 500))
                .isGreaterThan(100_000L);
    }
}
