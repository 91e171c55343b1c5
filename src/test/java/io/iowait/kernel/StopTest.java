package io.iowait.kernel;

import static io.iowait.machine.Bench.call;
import static io.iowait.machine.Bench.compute;
import static org.assertj.core.api.Assertions.assertThat;

import io.iowait.device.ServiceDriver;
import io.iowait.device.ServiceModel;
import io.iowait.engine.Distribution;
import io.iowait.engine.Time;
import io.iowait.io.EpollFile;
import io.iowait.machine.Bench;
import io.iowait.sched.policy.FifoPolicy;
import io.iowait.tracepoint.TaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// SIGSTOP and SIGCONT: when a task stops, what becomes of its call, and what wakes it.
@Timeout(60)
class StopTest {
    private static final long US = 1_000;
    private static final long MS = 1_000_000;
    private static final int USR1 = 10;

    /// The task of CPU 0 is the one that is stopped; whoever stops it is on CPU 1.
    private static TaskSpec on(int cpu, String name) {
        return TaskSpec.of(name, 0).withAffinity(1L << cpu);
    }

    private static Bench bench() {
        return new Bench(2, CostProfile.zero(), new FifoPolicy());
    }

    private static Bench ends(Bench b) {
        assertThat(b.run()).isEqualTo(Outcome.FINISHED);
        assertThat(b.end().hasViolations()).isFalse();
        return b;
    }

    /// Stops task 0 at 2 ms and lets it go on at 10 ms.
    private static void stopper(Bench b) {
        b.task(
                on(1, "boss"),
                compute(2 * MS),
                call(Sys.KILL, 0, Signals.STOP),
                compute(8 * MS),
                call(Sys.KILL, 0, Signals.CONT));
    }

    @Test
    void whoComputesStopsAtOnceAndComputesTheRestLater() {
        Bench b = bench();
        int task = b.task(on(0, "worker"), compute(5 * MS), b.say("done"));
        stopper(b);
        ends(b);
        assertThat(b.log()).containsExactly(13 * MS + " done 0");
        assertThat(b.machine().kernel().tasks().state(task)).isEqualTo(TaskState.DEAD);
    }

    @Test
    void aSleepGoesOnUntilItWasToEnd() {
        Bench b = bench();
        b.task(on(0, "long"), call(Sys.NANOSLEEP, 30 * MS, 0), b.say("slept"));
        stopper(b);
        assertThat(ends(b).log()).containsExactly(30 * MS + " slept 0");
    }

    @Test
    void aSleepThatIsOverMeanwhileEndsWhenItGoesOn() {
        Bench b = bench();
        b.task(on(0, "short"), call(Sys.NANOSLEEP, 5 * MS, 0), b.say("slept"));
        stopper(b);
        assertThat(ends(b).log()).containsExactly(10 * MS + " slept 0");
    }

    @Test
    void aDiskSleepIsNotEndedAndItsTaskStopsAfterwards() {
        Bench b = bench();
        ServiceModel model = new ServiceModel(Distribution.constant(5 * MS), 1);
        int disk = new ServiceDriver(b.machine().files(), model, 0, true).open(0).descriptor();
        b.task(on(0, "reader"), call(Sys.SUBMIT, disk, 0), call(Sys.READ, disk, 1), b.say("read"));
        stopper(b);
        assertThat(ends(b).log()).containsExactly(10 * MS + " read 1");
    }

    @Test
    void onlyContWakesAndTheOtherSignalIsDeliveredThen() {
        Bench b = bench();
        b.task(on(0, "sleeper"), call(Sys.NANOSLEEP, 30 * MS, 0), b.say("slept"));
        b.task(
                on(1, "boss"),
                compute(2 * MS),
                call(Sys.KILL, 0, Signals.STOP),
                compute(2 * MS),
                call(Sys.KILL, 0, USR1),
                compute(6 * MS),
                call(Sys.KILL, 0, Signals.CONT));
        assertThat(ends(b).log()).containsExactly(10 * MS + " slept " + Errno.EINTR);
    }

    @Test
    void contTakesBackAStopThatHasNotTakenEffect() {
        Bench b = bench();
        ServiceModel model = new ServiceModel(Distribution.constant(5 * MS), 1);
        int disk = new ServiceDriver(b.machine().files(), model, 0, true).open(0).descriptor();
        b.task(on(0, "reader"), call(Sys.SUBMIT, disk, 0), call(Sys.READ, disk, 1), b.say("read"));
        b.task(
                on(1, "boss"),
                compute(2 * MS),
                call(Sys.KILL, 0, Signals.STOP),
                compute(MS),
                call(Sys.KILL, 0, Signals.CONT));
        assertThat(ends(b).log()).containsExactly(5 * MS + " read 1");
    }

    @Test
    void contIsIgnoredByWhoIsNotStopped() {
        Bench b = bench();
        b.task(on(0, "sleeper"), call(Sys.NANOSLEEP, 5 * MS, 0), b.say("slept"));
        b.task(on(1, "boss"), compute(2 * MS), call(Sys.KILL, 0, Signals.CONT));
        assertThat(ends(b).log()).containsExactly(5 * MS + " slept 0");
    }

    @Test
    void whoStopsItselfStopsOnItsWayBack() {
        Bench b = bench();
        b.task(on(0, "self"), call(Sys.KILL, 0, Signals.STOP), b.say("again"));
        stopper(b);
        assertThat(ends(b).log()).containsExactly(10 * MS + " again 0");
    }

    @Test
    void aStoppedTaskThatNobodyLetsGoOnIsADeadlock() {
        Bench b = bench();
        b.task(on(0, "self"), call(Sys.KILL, 0, Signals.STOP), b.say("never"));
        assertThat(b.run()).isEqualTo(Outcome.DEADLOCK);
        assertThat(b.log()).isEmpty();
    }

    /// As under Linux (signal(7)).
    @Test
    void epollWaitFailsAndOtherCallsBeginAnew() {
        Bench b = bench();
        EpollFile epoll = b.machine().files().openEpoll();
        b.task(
                on(0, "waiter"),
                call(Sys.EPOLL_WAIT, epoll.descriptor() | 1L << 32, Time.NEVER),
                b.say("waited"));
        stopper(b);
        assertThat(ends(b).log()).containsExactly(10 * MS + " waited " + Errno.EINTR);
    }

    @Test
    void theWayIntoAStopHasItsPrice() {
        Bench b =
                new Bench(
                        2,
                        CostProfile.named("block").cost(Cost.BLOCK, 10 * US).build(),
                        new FifoPolicy());
        b.task(on(0, "worker"), compute(5 * MS), b.say("done"));
        stopper(b);
        assertThat(ends(b).log()).containsExactly(13 * MS + " done 0");
    }
}
