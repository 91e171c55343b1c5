package io.iowait.kernel;

import static io.iowait.program.Dsl.ask;
import static io.iowait.program.Dsl.askInto;
import static io.iowait.program.Dsl.compute;
import static io.iowait.program.Dsl.log;
import static io.iowait.program.Dsl.num;
import static io.iowait.program.Dsl.repeat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.iowait.machine.Lab;
import io.iowait.machine.WaitsFor;
import io.iowait.program.Asks;
import io.iowait.program.Statement;
import io.iowait.sched.policy.FifoPolicy;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Barriers, conditions and semaphores: who sleeps, who is woken and in which order.
class WaitingTogetherTest {
    private static final Statement STOP = ask(Asks.BARRIER, num(0));

    private static Lab fifo() {
        return new Lab().classes(new FifoPolicy());
    }

    private static Lab barrier(int parties) {
        return fifo().with(machine -> machine.barriers().create("gate", parties));
    }

    /// Mutex 0 and condition 0.
    private static Lab condition() {
        return fifo().mutex("m").with(machine -> machine.conditions().create("changed"));
    }

    private static void requireLaws(Lab.Result result) {
        assertThat(result.report().hasViolations()).as(result.report().format()).isFalse();
    }

    @Test
    void theLastPartyWakesAllInTheirOrderAndGoesOnFirst() {
        Lab lab = barrier(3);
        lab.thread("a", ask(Asks.SLEEP, num(20)), STOP, log("a"));
        lab.thread("b", ask(Asks.SLEEP, num(10)), STOP, log("b"));
        lab.thread("c", ask(Asks.SLEEP, num(30)), STOP, log("c"), compute(num(5)), log("c on"));
        Lab.Result result = lab.run();
        assertThat(result.log()).containsExactly("30 c", "35 c on", "35 b", "35 a");
        requireLaws(result);
    }

    @Test
    void aBarrierServesAgainAndAgain() {
        Lab lab = barrier(2);
        lab.thread("a", repeat(num(3), compute(num(1)), STOP, log("a")));
        lab.thread("b", repeat(num(3), compute(num(10)), STOP, log("b")));
        Lab.Result result = lab.run();
        assertThat(result.outcome()).isEqualTo(Outcome.FINISHED);
        assertThat(result.log()).hasSize(6);
        requireLaws(result);
    }

    @Test
    void aBarrierOfOneLetsThrough() {
        Lab lab = barrier(1);
        lab.thread("a", askInto("last", Asks.BARRIER, num(0)), log("{last}"));
        assertThat(lab.run().log()).containsExactly("0 1");
    }

    @Test
    void aSignalDoesNotOpenABarrier() {
        Lab lab = barrier(2);
        lab.thread("a", STOP, log("a"));
        lab.thread("b", ask(Asks.SLEEP, num(20)), STOP);
        lab.thread("k", ask(Asks.SLEEP, num(10)), ask(Asks.KILL, num(0), num(1)));
        Lab.Result result = lab.run();
        assertThat(result.log()).containsExactly("20 a");
        requireLaws(result);
    }

    @Test
    void aBarrierWithoutPartiesIsRefused() {
        assertThatThrownBy(() -> barrier(0).thread("a", STOP).run())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a barrier needs a party: parties=0 barrier=gate");
    }

    @Test
    void whoWaitsAtABarrierIsNamed() {
        Lab lab = barrier(2);
        lab.thread("a", STOP);
        assertThat(new WaitsFor(lab.run().machine()).sleepers(9))
                .containsExactly("a waits for the others at barrier gate");
    }

    private static Statement[] waiter(String name) {
        return new Statement[] {
            ask(Asks.LOCK, num(0)),
            ask(Asks.COND_WAIT, num(0), num(0)),
            log(name),
            compute(num(5)),
            ask(Asks.UNLOCK, num(0))
        };
    }

    @Test
    void aSignalledConditionWakesTheFirstWhoReturnsWithTheMutex() {
        Lab lab = condition();
        lab.thread("a", waiter("a"));
        lab.thread("b", waiter("b"));
        lab.thread(
                "s",
                repeat(
                        num(2),
                        ask(Asks.SLEEP, num(10)),
                        ask(Asks.LOCK, num(0)),
                        ask(Asks.COND_SIGNAL, num(0)),
                        compute(num(2)),
                        ask(Asks.UNLOCK, num(0))));
        Lab.Result result = lab.run();
        assertThat(result.outcome()).isEqualTo(Outcome.FINISHED);
        assertThat(result.log()).containsExactly("12 a", "24 b");
        requireLaws(result);
    }

    @Test
    void aBroadcastWakesAllAndTheyTakeTheMutexInTurn() {
        Lab lab = condition();
        for (String name : List.of("a", "b", "c")) {
            lab.thread(name, waiter(name));
        }
        lab.thread(
                "s",
                ask(Asks.SLEEP, num(10)),
                askInto("woken", Asks.COND_BROADCAST, num(0)),
                log("woke {woken}"));
        Lab.Result result = lab.run();
        assertThat(result.log()).containsExactly("10 woke 3", "10 a", "15 b", "20 c");
        requireLaws(result);
    }

    @Test
    void aWaitWithoutTheMutexIsRefused() {
        Lab lab = condition();
        lab.thread("a", askInto("r", Asks.COND_WAIT, num(0), num(0)), log("{r}"));
        assertThat(lab.run().log()).containsExactly("0 " + Errno.EPERM);
    }

    @Test
    void aSignalIsASpuriousWakeUpOfACondition() {
        Lab lab = condition();
        lab.thread("a", waiter("a"));
        lab.thread("k", ask(Asks.SLEEP, num(10)), ask(Asks.KILL, num(0), num(1)));
        Lab.Result result = lab.run();
        assertThat(result.log()).containsExactly("10 a");
        requireLaws(result);
    }

    @Test
    void whoWaitsForAConditionIsNamed() {
        Lab lab = condition();
        lab.thread("a", waiter("a"));
        assertThat(new WaitsFor(lab.run().machine()).sleepers(9))
                .containsExactly("a waits for condition changed");
    }

    @Test
    void aSignalEndsTheWaitForASemaphoreWithEintr() {
        Lab lab = fifo().with(machine -> machine.locks().createSemaphore("s", 0));
        lab.thread("a", askInto("r", Asks.WAIT, num(0)), log("a {r}"));
        lab.thread("b", askInto("r", Asks.WAIT, num(0)), log("b {r}"));
        lab.thread(
                "k",
                ask(Asks.SLEEP, num(10)),
                ask(Asks.KILL, num(0), num(1)),
                ask(Asks.SLEEP, num(10)),
                ask(Asks.POST, num(0)));
        Lab.Result result = lab.run();
        assertThat(result.log()).containsExactly("10 a " + Errno.EINTR, "20 b 0");
        requireLaws(result);
    }
}
