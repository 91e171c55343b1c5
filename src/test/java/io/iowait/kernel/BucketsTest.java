package io.iowait.kernel;

import static io.iowait.program.Dsl.ask;
import static io.iowait.program.Dsl.compute;
import static io.iowait.program.Dsl.num;
import static io.iowait.program.Dsl.repeat;
import static org.assertj.core.api.Assertions.assertThat;

import io.iowait.machine.Lab;
import io.iowait.program.Asks;
import io.iowait.sched.policy.FifoPolicy;
import io.iowait.sched.policy.RoundRobinPolicy;
import io.iowait.tracepoint.CpuTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Where the time of each price is told: `/proc/stat` knows user, system, irq and idle; switches
/// and the way out of idle are apart.
class BucketsTest {
    private static final long US = 1_000;
    private static final int ROUNDS = 6;
    private static final List<Integer> PRICED =
            List.of(CpuTime.SYSTEM, CpuTime.IRQ, CpuTime.SWITCH, CpuTime.REFILL, CpuTime.IDLE_EXIT);

    /// Two processes that compute, compete, sleep at once, read a disk and a pipe.
    private static Lab.Result run(int cost) {
        CostProfile profile =
                CostProfile.named("one cost")
                        .cost(cost, 2 * US)
                        .constant("hz", cost == Cost.IRQ_TICK ? 1000 : 0)
                        .build();
        Lab lab = new Lab().profile(profile).classes(RoundRobinPolicy.exact(300 * US));
        lab.mutex("m").with(m -> m.openPipe("p")).disk(700 * US);
        for (int i = 0; i < 2; i++) {
            lab.thread(
                    TaskSpec.of("t" + i, 0).withAddressSpace(i),
                    repeat(
                            num(ROUNDS),
                            compute(num(200 * US)),
                            ask(Asks.LOCK, num(0)),
                            compute(num(300 * US)),
                            ask(Asks.UNLOCK, num(0)),
                            ask(Asks.YIELD),
                            i == 0
                                    ? ask(Asks.READ, num(0), num(10))
                                    : ask(Asks.WRITE, num(1), num(10)),
                            compute(num(100 * US)),
                            ask(Asks.SUBMIT, num(2 + i)),
                            ask(Asks.READ, num(2 + i)),
                            ask(Asks.SLEEP, num((100 + 50 * i) * US))),
                    ask(Asks.SLEEP_UNTIL, num(50_000 * US)));
        }
        Lab.Result result = lab.run();
        assertThat(result.report().hasViolations()).as(result.report().format()).isFalse();
        return result;
    }

    @ParameterizedTest
    @CsvSource({
        "syscall, system",
        "timer_arm, system",
        "timer_program, system",
        "wake, system",
        "wake_next, system",
        "futex, system",
        "start, system",
        "read, system",
        "write, system",
        "pipe, system",
        "pipe_again, system",
        "yield, system",
        "block, switch",
        "switch_in, switch",
        "preempt, switch",
        "address_space, switch",
        "idle_exit, idle_exit",
        "irq_enter, irq",
        "irq_enter_idle, irq",
        "irq_wake, irq",
        "irq_next, irq",
        "irq_tick, irq",
        "irq_exit, irq",
        "irq_exit_user, irq",
        "irq_device, irq"
    })
    void isToldWhereItBelongs(String cost, String bucket) {
        Kernel kernel = run(Cost.of(cost)).machine().kernel();
        assertThat(kernel.cpuTimeNs(0, CpuTime.USER)).isEqualTo(2 * ROUNDS * 600 * US);
        for (int other : PRICED) {
            if (CpuTime.name(other).equals(bucket)) {
                assertThat(kernel.cpuTimeNs(0, other)).isPositive();
            } else {
                assertThat(kernel.cpuTimeNs(0, other)).as(CpuTime.name(other)).isZero();
            }
        }
    }

    @Test
    void threadsOfOneProcessSwitchWithinTheirAddressSpace() {
        CostProfile profile =
                CostProfile.named("one cost").cost(Cost.ADDRESS_SPACE, 2 * US).build();
        Lab lab = new Lab().profile(profile).classes(RoundRobinPolicy.exact(300 * US));
        for (int i = 0; i < 2; i++) {
            lab.thread("t" + i, compute(num(1_000 * US)));
        }
        Lab.Result result = lab.run();
        assertThat(result.machine().kernel().cpuTimeNs(0, CpuTime.SWITCH)).isZero();
        assertThat(result.endNs()).isEqualTo(2_000 * US);
    }

    /// The caches of another CPU are cold: at 1 ns a byte beyond them.
    @Test
    void whoMovesFetchesAllOfItsWorkingSetAgain() {
        CostProfile profile =
                CostProfile.named("refills")
                        .constant("near_cache_bytes", 1 << 10)
                        .constant("cache_bytes", 1 << 20)
                        .constant("refill_ns_per_kib", 1 << 10)
                        .build();
        Lab lab = new Lab().cpus(2).profile(profile).classes(new FifoPolicy());
        lab.thread(
                TaskSpec.of("moves", 0).withWorkingSet(64 << 10),
                compute(num(10 * US)),
                ask(Asks.SLEEP, num(500 * US)),
                compute(num(10 * US)));
        lab.thread(
                TaskSpec.of("stays", 0).withAffinity(1),
                ask(Asks.SLEEP, num(100 * US)),
                compute(num(5_000 * US)));
        Kernel kernel = lab.run().machine().kernel();
        assertThat(kernel.cpuTimeNs(1, CpuTime.USER)).isEqualTo(10 * US);
        assertThat(kernel.cpuTimeNs(1, CpuTime.REFILL)).isBetween(64L << 10, 66L << 10);
    }
}
