package io.iowait.io;

import static org.assertj.core.api.Assertions.assertThat;

import io.iowait.kernel.CostProfile;
import io.iowait.machine.Bench;
import io.iowait.sched.policy.FifoPolicy;
import io.iowait.tracepoint.Block;
import org.junit.jupiter.api.Test;

class ListenFileTest {
    private final ListenFile file =
            new Bench(1, CostProfile.zero(), new FifoPolicy()).machine().files().listen(40);

    /// listen(2): the queue holds one more than the backlog.
    @Test
    void turnsAwayWhatDoesNotFit() {
        for (int i = 0; i <= 40; i++) {
            assertThat(file.arrive(i, Block.NO_CAUSE)).isTrue();
        }
        assertThat(file.arrive(41, Block.NO_CAUSE)).isFalse();
        assertThat(file.waiting()).isEqualTo(41);
    }

    /// accept(2) takes the first connection of the queue.
    @Test
    void theOldestIsAcceptedFirst() {
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 20; i++) {
                file.arrive(100 * round + i, Block.NO_CAUSE);
            }
            for (int i = 0; i < 20; i++) {
                assertThat(file.accept()).isEqualTo(100L * round + i);
            }
            assertThat(file.accept()).isEqualTo(OpenFile.WOULD_BLOCK);
        }
    }
}
