package io.iowait.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.CpuTime;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.Irq;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TaskState;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

class RequestMeasureTest {
    private static final int R = TaskState.RUNNABLE;
    private static final int S = TaskState.SLEEPING;

    private final RequestMeasure measure = new RequestMeasure(new Window(1_000, 2_000));

    private Records records(Facts facts) {
        return new Records(measure, facts);
    }

    @Test
    void onlyRequestsAnsweredInsideTheWindowCount() {
        records(Facts.none())
                .at(999)
                .reply(0, 0, 0)
                .at(1_000)
                .reply(0, 0, 900)
                .at(1_999)
                .reply(1, 1, 1_699)
                .at(2_000)
                .reply(1, 1, 1_700)
                .end();

        RequestResult result = measure.result();

        assertThat(result.requests()).isEqualTo(2);
        assertThat(result.throughputPerSec()).isEqualTo(2e6);
        assertThat(result.latency().meanNs()).isEqualTo(200);
        assertThat(result.latency().p50Ns()).isEqualTo(100);
        assertThat(result.latency().maxNs()).isEqualTo(300);
        assertThat(result.clients()).isEqualTo(2);
    }

    @Test
    void cpuTimeIsTheDifferenceOfTwoAccounts() {
        records(Facts.none())
                .at(1_000)
                .account(0, 300, 200, 500)
                .account(1, 0, 0, 1_000)
                .at(2_000)
                .account(0, 900, 500, 600)
                .account(1, 10, 0, 1_990)
                .end();

        CpuBreakdown cpu = measure.result().cpu();

        assertThat(cpu.cpus()).isEqualTo(2);
        assertThat(cpu.ns(CpuTime.USER)).isEqualTo(610);
        assertThat(cpu.ns(CpuTime.SYSTEM)).isEqualTo(300);
        assertThat(cpu.ns(CpuTime.IDLE)).isEqualTo(1_090);
        assertThat(cpu.totalNs()).isEqualTo(2_000);
        assertThat(cpu.busyShare()).isCloseTo(0.455, within(1e-9));
        assertThat(cpu.isSaturated()).isFalse();
    }

    @Test
    void aSingleAccountCountsFromTheStart() {
        records(Facts.none()).at(2_000).account(0, 1_995, 0, 5).end();

        CpuBreakdown cpu = measure.result().cpu();

        assertThat(cpu.fromNs()).isZero();
        assertThat(cpu.ns(CpuTime.USER)).isEqualTo(1_995);
        assertThat(cpu.isSaturated()).isTrue();
    }

    @Test
    void accountsAfterTheWindowAreLeftOut() {
        records(Facts.none())
                .at(500)
                .account(0, 500, 0, 0)
                .at(1_000)
                .account(0, 1_000, 0, 0)
                .at(2_000)
                .account(0, 1_000, 1_000, 0)
                .at(3_000)
                .account(0, 1_000, 2_000, 0)
                .end();

        CpuBreakdown cpu = measure.result().cpu();

        assertThat(cpu.totalNs()).isEqualTo(1_000);
        assertThat(cpu.ns(CpuTime.SYSTEM)).isEqualTo(1_000);
    }

    @Test
    void aTraceWithoutAccountsHasNoBreakdown() {
        records(Facts.none()).at(2_000).end();

        assertThat(measure.result().cpu().isKnown()).isFalse();
        assertThat(measure.result().cpu().busyShare()).isZero();
        assertThat(Attribution.of(measure.result()).cpu()).isEmpty();
    }

    @Test
    void switchesAreVoluntaryWhenTheTaskBlocks() {
        records(Facts.none())
                .at(1_100)
                .run(0, S, 1)
                .run(1, R, 2)
                .run(2, TaskState.DISK, Records.IDLE)
                .run(Records.IDLE, R, 1)
                .at(2_100)
                .run(1, S, 2)
                .end();

        RequestResult.Counts counts = measure.result().counts();

        assertThat(counts.voluntary()).isEqualTo(2);
        assertThat(counts.involuntary()).isEqualTo(1);
    }

    @Test
    void runnableTasksAreAveragedOverTheWindow() {
        records(Facts.none())
                .at(0)
                .born(0)
                .run(Records.IDLE, R, 0)
                .at(1_500)
                .wakeup(1)
                .at(1_750)
                .run(0, S, 1)
                .at(2_500)
                .wakeup(2)
                .wakeup(3)
                .end();

        RequestResult.Waits waits = measure.result().waits();

        assertThat(waits.runnableMean()).isEqualTo((500 + 2 * 250 + 250) / 1_000.0);
        assertThat(waits.runnableMax()).isEqualTo(2);
    }

    @Test
    void aWakeupOfARunningTaskIsNoSecondOne() {
        records(Facts.none())
                .at(1_000)
                .wakeup(0)
                .run(Records.IDLE, R, 0)
                .wakeup(0)
                .at(1_100)
                .run(0, S, Records.IDLE)
                .at(2_000)
                .end();

        assertThat(measure.result().waits().runnableMean()).isEqualTo(0.1);
        assertThat(measure.result().waits().runnableMax()).isEqualTo(1);
    }

    @Test
    void timersInterruptsCallsAndIterationsAreCounted() {
        records(Facts.none())
                .at(1_200)
                .tell(Kind.IRQ_HANDLER_ENTRY, 0, -1, Irq.TIMER, 0)
                .tell(Kind.IRQ_HANDLER_ENTRY, 0, -1, Irq.HOST_GAP, 0)
                .tell(Kind.TIMER_EXPIRE, 0, -1, 5, 1_150)
                .tell(Kind.SYS_ENTER, 0, 0, 18, 0)
                .tell(Kind.LOOP_ITERATION, 0, 0, 0, 1)
                .end();

        RequestResult result = measure.result();

        assertThat(result.counts().interrupts()).isEqualTo(1);
        assertThat(result.counts().timers()).isEqualTo(1);
        assertThat(result.waits().timerLateNs()).isEqualTo(50);
        assertThat(result.counts().syscalls()).isEqualTo(1);
        assertThat(result.counts().loopIterations()).isEqualTo(1);
        assertThat(result.runtime()).isEqualTo("loop");
    }

    @Test
    void memoryOfThreadsAndOfALoop() {
        Facts.Builder facts =
                Facts.builder()
                        .put("thread_resident_bytes", 8_753)
                        .put("thread_virtual_bytes", 8_384_582)
                        .put("connection_bytes_epoll", 92)
                        .put("clients", 2);
        records(facts.put("runtime", "threads").build()).at(0).born(0).born(1).end();
        assertThat(measure.result().memory()).isEqualTo(new Memory(2 * 8_753, 2 * 8_384_582, 2));

        RequestMeasure loop = new RequestMeasure(new Window(0, 1));
        new Records(loop, facts.put("runtime", "loop").build()).at(0).born(0).end();
        assertThat(loop.result().memory()).isEqualTo(new Memory(8_753 + 2 * 92, 8_384_582, 2));
    }

    @Test
    void rowsOfTheAttributionAddUpExactly() {
        records(Facts.builder().put("runtime", "threads").put("device_ns", 100).build())
                .at(1_000)
                .account(0, 0, 0, 1_000)
                .run(Records.IDLE, R, 0)
                .at(1_100)
                .wakeup(1)
                .at(1_300)
                .reply(0, 0, 1_000)
                .run(0, S, 1)
                .at(1_700)
                .reply(1, 1, 1_050)
                .at(2_000)
                .account(0, 70, 21, 1_909)
                .end();

        RequestResult result = measure.result();
        Attribution table = Attribution.of(result);

        assertThat(Attribution.total(table.cpu())).isEqualTo(500);
        assertThat(Attribution.ns(table.cpu(), "compute")).isEqualTo(35);
        assertThat(Attribution.ns(table.cpu(), "syscall")).isEqualTo(10.5);
        assertThat(Attribution.total(table.latency())).isEqualTo(475);
        assertThat(Attribution.ns(table.latency(), "device"))
                .isEqualTo(25); // the rest of it overlaps
        assertThat(Attribution.ns(table.latency(), "run queue")).isEqualTo(100);
        assertThat(Attribution.ns(table.latency(), "own CPU")).isEqualTo(350);
        assertThat(Attribution.units(table.cpu(), 1)).containsExactly(35, 11, 0, 0, 0, 0, 454, 0);
    }

    /// A thread that lost its CPU after a reply waits mostly before its next request is even due.
    @Test
    void aWaitBeforeTheRequestWasDueIsNotItsOwn() {
        records(Facts.none())
                .at(1_000)
                .run(0, R, 1)
                .at(1_400)
                .run(1, S, 0)
                .at(1_500)
                .reply(0, 0, 1_300)
                .end();

        assertThat(measure.result().waits().runQueueNs()).isEqualTo(100);
    }

    @Test
    void devicesAreMeasuredWhereTheirRequestsAreTold() {
        records(Facts.builder().put("device_ns", 7).build())
                .at(1_000)
                .tell(Kind.REQUEST_SUBMIT, 0, 0, 1, 0)
                .tell(Kind.REQUEST_SUBMIT, 0, 0, 2, 0)
                .at(1_100)
                .tell(Kind.REQUEST_COMPLETE, 0, 0, 1, 0)
                .at(1_300)
                .tell(Kind.REQUEST_COMPLETE, 0, 0, 2, 0)
                .end();

        assertThat(measure.result().waits().deviceNs()).isEqualTo(400);
    }

    @Test
    void theWindowMayBeTold() {
        RequestMeasure told = new RequestMeasure();
        Facts facts = Facts.builder().put("measure_from_ns", 100).put("measure_to_ns", 300).build();
        new Records(told, facts).at(99).reply(0, 0, 0).at(299).reply(0, 0, 0).at(400).end();

        assertThat(told.result().window()).isEqualTo(new Window(100, 300));
        assertThat(told.result().requests()).isEqualTo(1);
    }

    @Test
    void withoutAWindowAllIsMeasured() {
        RequestMeasure all = new RequestMeasure();
        new Records(all, Facts.none()).at(100).wakeup(0).reply(0, 0, 0).at(400).end();

        assertThat(all.result().window()).isEqualTo(new Window(0, 400));
        assertThat(all.result().waits().runnableMean()).isEqualTo(0.75);
    }

    @Test
    void nothingAtAllGivesZeros() {
        records(Facts.none()).at(0).end();

        RequestResult result = measure.result();

        assertThat(result.throughputPerSec()).isZero();
        assertThat(result.latency()).isEqualTo(new Latency(0, 0, 0, 0, 0, 0));
        assertThat(Attribution.of(result).latency()).isEmpty();
        assertThat(result.memory().residentBytesPerConnection()).isZero();
    }

    @Test
    void rejectsAWindowThatEndsBeforeItsBegin() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Window(5, 5))
                .withMessageContaining("fromNs=5 toNs=5");
    }

    @Test
    void recordsAllocateNothing() {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        RequestMeasure steady = new RequestMeasure(new Window(0, Long.MAX_VALUE));
        steady.begin(Facts.none());
        Block block = new Block();
        long fewest = Long.MAX_VALUE;
        for (int round = 0; round < 10; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 50; i++) {
                fill(block);
                steady.block(block);
            }
            fewest = Math.min(fewest, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(fewest).as("bytes in %s records", 50 * Block.CAPACITY).isLessThan(100);
        assertThat(steady.result().requests()).isPositive();
    }

    private static void fill(Block block) {
        block.reset(0);
        for (int i = 0; !block.isFull(); i++) {
            int task = i % 100;
            switch (i % 5) {
                case 0 -> block.append(Kind.SCHED_WAKEUP, i, 0, task, 0, S, -1);
                case 1 -> block.append(Kind.SCHED_SWITCH, i, 0, task, task + 1, S, -1);
                case 2 -> block.append(Kind.TIMER_EXPIRE, i, 0, -1, 1, i, -1);
                case 3 -> block.append(Kind.CPU_ACCOUNT, i, 0, -1, 1, i, -1);
                default -> block.append(Kind.REQUEST_END, i, 0, task, task, 0, -1);
            }
        }
    }
}
