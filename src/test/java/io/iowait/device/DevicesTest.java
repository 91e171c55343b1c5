package io.iowait.device;

import static io.iowait.program.Dsl.ask;
import static io.iowait.program.Dsl.askInto;
import static io.iowait.program.Dsl.compute;
import static io.iowait.program.Dsl.log;
import static io.iowait.program.Dsl.num;
import static io.iowait.program.Dsl.repeat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.iowait.engine.Distribution;
import io.iowait.engine.Draws;
import io.iowait.engine.Time;
import io.iowait.kernel.CostProfile;
import io.iowait.kernel.Errno;
import io.iowait.kernel.Sys;
import io.iowait.machine.Bench;
import io.iowait.machine.Lab;
import io.iowait.program.Asks;
import io.iowait.program.Statement;
import io.iowait.sched.policy.FifoPolicy;
import io.iowait.sched.policy.RoundRobinPolicy;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/// Each device, called in each way.
class DevicesTest {
    private static final Distribution MS = Distribution.constant(1_000_000);
    private static final long MB = 1_000_000; // at 1 MB/s 1000 bytes take a millisecond

    private static Lab lab() {
        return new Lab().classes(new FifoPolicy());
    }

    /// A lab whose descriptors 0, 1, .. are channels to one device.
    private static Lab with(ServiceModel model, int channels) {
        return lab().with(machine -> {
            ServiceDriver driver = new ServiceDriver(machine.files(), model, 7).readsSubmit();
            for (int i = 0; i < channels; i++) {
                driver.open(i);
            }
        });
    }

    private static Lab requireLaws(Lab lab) {
        Lab.Result result = lab.run();
        assertThat(result.report().hasViolations()).as(result.report().format()).isFalse();
        return lab;
    }

    private static Lab.Result readers(ServiceModel model, int count, long bytes) {
        Lab lab = with(model, count);
        for (int i = 0; i < count; i++) {
            lab.thread("t" + i, ask(Asks.READ, num(i), num(bytes)), log("t" + i));
        }
        Lab.Result result = lab.run();
        assertThat(result.report().hasViolations()).as(result.report().format()).isFalse();
        return result;
    }

    @Test
    void aBlockingReadOfADiskSleepsInD() {
        assertThat(readers(new BlockModel(MS, 1, 0), 1, 4096).records())
                .anyMatch(record -> record.contains("sched_switch") && record.contains(" b=4"));
    }

    /// A reader of a device that takes 10 ms and is polled for so long, beside 3 ms of work.
    private static List<String> polled(long pollNs) {
        Bench b = new Bench(1, CostProfile.zero(), RoundRobinPolicy.exact(1_000_000));
        ServiceDriver driver =
                new ServiceDriver(
                        b.machine().files(),
                        new ServiceModel(Distribution.constant(10_000_000), 1),
                        0);
        int channel = driver.polls(pollNs).open(0).descriptor();
        b.task(
                "reader",
                Bench.call(Sys.SUBMIT, channel, 0),
                Bench.call(Sys.READ, channel, 1),
                b.say("read"));
        b.task("hog", Bench.compute(3_000_000), b.say("hog"));
        b.run();
        return b.log();
    }

    @Test
    void whoPollsKeepsTheCpuUntilItsTimeIsUpOrOthersAreToHaveIt() {
        assertThat(polled(0)).containsExactly("3000000 hog 0", "10000000 read 1");
        assertThat(polled(500_000)).containsExactly("3500000 hog 0", "10000000 read 1");
        assertThat(polled(20_000_000)).containsExactly("4000000 hog 0", "10000000 read 1");
    }

    @Test
    void aDiskWorksOnAsManyRequestsAsItsQueueIsDeep() {
        assertThat(readers(new BlockModel(MS, 2, 0), 3, 4096).log())
                .containsExactly("1000000 t0", "1000000 t1", "2000000 t2");
    }

    @Test
    void transfersShareTheBusOneAfterTheOther() {
        assertThat(readers(new BlockModel(MS, 8, MB), 3, 1000).log())
                .containsExactly("2000000 t0", "3000000 t1", "4000000 t2");
    }

    @Test
    void anExchangeTakesItsTransferAndARoundTrip() {
        assertThat(readers(new NetworkModel(MS, 8, MB), 2, 500).log())
                .containsExactly("1500000 t0", "2000000 t1");
    }

    @Test
    void whoFindsNoConnectionWaitsForOne() {
        assertThat(readers(new NetworkModel(MS, 1, 0), 2, 1).log())
                .containsExactly("1000000 t0", "2000000 t1");
    }

    @Test
    void aRemoteServiceWorksOnSoManyAtOnce() {
        assertThat(readers(new RemoteModel(MS, 2), 4, 0).log())
                .containsExactly("1000000 t0", "1000000 t1", "2000000 t2", "2000000 t3");
    }

    /// At three bytes a second one takes a third of one, and not a nanosecond less.
    @Test
    void aTransferIsNotOverBeforeItsLastBit() {
        assertThat(readers(new BlockModel(Distribution.constant(0), 1, 3), 1, 1).log())
                .containsExactly("333333334 t0");
    }

    @Test
    void arrivalsOfAListComeTogetherAndDrawnOnesEachInItsTime() {
        ArrivalTimes listed = new ArrivalTimes.Listed(new long[] {5, 5, 5, 9}, new long[0]);
        Draws draws = new Draws(1);
        assertThat(listed.gapNs(draws, 0)).isEqualTo(5);
        assertThat(listed.together(0)).isEqualTo(3);
        assertThat(listed.gapNs(draws, 1)).isEqualTo(4);
        assertThat(listed.together(1)).isEqualTo(1);
        assertThat(listed.gapNs(draws, 2)).isEqualTo(Time.NEVER);
        ArrivalTimes drawn = new ArrivalTimes.Drawn(Distribution.exponential(1e9), 1);
        assertThat(LongStream.range(0, 100).map(k -> drawn.gapNs(draws, k)).distinct().count())
                .isEqualTo(100);
    }

    @Test
    void aChannelThatIsDoneIsFreeAgain() {
        Lab lab = with(new RemoteModel(MS, 3), 3);
        for (int i = 0; i < 3; i++) {
            lab.thread(
                    "t" + i,
                    repeat(num(4), ask(Asks.READ, num(i), num(1)), ask(Asks.SLEEP, num(1_000_000))),
                    log("t" + i));
        }
        assertThat(requireLaws(lab).run().log())
                .containsExactly("8000000 t0", "8000000 t1", "8000000 t2");
    }

    /// The same request takes the same time, whoever comes first: results of two runs can be
    /// compared request by request.
    @Test
    void aServiceTimeHangsOnItsChannelAndNotOnTheOrder() {
        Map<String, Long> forward = serviceTimes(1);
        assertThat(forward).hasSize(9).isEqualTo(serviceTimes(-1));
        assertThat(Set.copyOf(forward.values())).hasSizeGreaterThan(5);
    }

    /// By channel and request: the time of its service.
    private static Map<String, Long> serviceTimes(int direction) {
        Lab lab = with(new RemoteModel(Distribution.exponential(1_000_000), 9), 3);
        for (int i = 0; i < 3; i++) {
            int turn = direction > 0 ? i : 2 - i;
            lab.thread(
                    "t" + i,
                    ask(Asks.SLEEP, num(1 + turn)),
                    repeat(num(3), ask(Asks.READ, num(i), num(1))));
        }
        Map<String, Long> submitted = new TreeMap<>();
        Map<String, Long> times = new TreeMap<>();
        Map<String, Integer> served = new TreeMap<>();
        for (String record : lab.run().records()) {
            boolean submits = record.contains("request_submit");
            if (submits || record.contains("request_deliver")) {
                String task = field(record, "task");
                long t = Long.parseLong(field(record, "t").replace("ns", ""));
                if (submits) {
                    submitted.put(task, t);
                } else {
                    String name = task + "." + served.merge(task, 1, Integer::sum);
                    times.put(name, t - submitted.get(task));
                }
            }
        }
        return times;
    }

    private static String field(String record, String name) {
        return Arrays.stream(record.split(" "))
                .filter(word -> word.startsWith(name + "="))
                .findFirst()
                .orElseThrow()
                .substring(name.length() + 1);
    }

    private static Lab character(long nsPerByte, int buffer, int trigger, boolean nonBlocking) {
        return lab().with(machine ->
                new CharacterDriver(machine.files())
                        .open(new CharacterModel(nsPerByte, buffer, trigger))
                        .nonBlocking(nonBlocking));
    }

    private static Statement read(long bytes) {
        return askInto("n", Asks.READ, num(0), num(bytes));
    }

    @Test
    void aStreamIsReadAsItComesAndTheReaderIsToldAtTheTrigger() {
        Lab lab = character(100, 16, 8, false);
        lab.thread(
                "r",
                read(100),
                log("{n}"),
                read(100),
                log("{n}"),
                compute(num(250)),
                read(100),
                log("{n}"));
        Lab.Result result = lab.run();
        // a reader that finds two bytes takes two
        assertThat(result.log()).containsExactly("800 8", "1600 8", "1850 2");
    }

    @Test
    void aFullBufferHoldsTheStreamUp() {
        Lab lab = character(100, 16, 8, false);
        lab.thread("r", compute(num(100_000)), read(100), log("{n}"), read(100), log("{n}"));
        assertThat(lab.run().log()).containsExactly("100000 16", "100800 8");
    }

    @Test
    void withoutBlockingNothingThereIsEagain() {
        Lab lab = character(100, 16, 8, true);
        lab.thread("r", read(1), log("{n}"), compute(num(100)), read(1), log("{n}"));
        assertThat(lab.run().log()).containsExactly("0 " + Errno.EAGAIN, "100 1");
    }

    @Test
    void aCharacterDeviceCannotBeWrittenNorAskedForARequest() {
        Lab lab = character(100, 16, 8, false);
        lab.thread(
                "w",
                askInto("n", Asks.WRITE, num(0), num(1)),
                log("{n}"),
                askInto("n", Asks.SUBMIT, num(0)),
                log("{n}"));
        assertThat(lab.run().log()).containsExactly("0 " + Errno.EINVAL, "0 " + Errno.EINVAL);
    }

    @Test
    void withoutBlockingADeviceSaysEagainAndHasItLater() {
        Lab lab =
                lab().with(machine ->
                        new ServiceDriver(machine.files(), new RemoteModel(MS, 1), 7)
                                .open(0)
                                .nonBlocking(true));
        lab.thread(
                "t",
                ask(Asks.SUBMIT, num(0), num(10)),
                read(10),
                log("{n}"),
                ask(Asks.SLEEP, num(2_000_000)),
                read(10),
                log("{n}"));
        requireLaws(lab);
        assertThat(lab.run().log()).containsExactly("0 " + Errno.EAGAIN, "2000000 10");
    }

    @Test
    void refusesWhatCannotBe() {
        refuse(m -> new CharacterModel(0, 1, 1), "a byte takes time: nsPerByte=0");
        refuse(
                m -> new CharacterModel(1, 1, 2),
                "the trigger must be in 1..buffer: triggerBytes=2 bufferBytes=1");
        refuse(m -> new BlockModel(MS, 1, -1), "bandwidth must not be negative: bytesPerSec=-1");
        refuse(m -> new RemoteModel(MS, 0), "channels must be positive: channels=0");
    }

    private static void refuse(Function<String, Object> made, String message) {
        assertThatThrownBy(() -> made.apply(""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    /// However a stream is read, no byte comes before its time, none is lost and none is there
    /// twice.
    @Property(tries = 100, seed = "1")
    void aStreamGivesWhatHasFlowed(
            @ForAll @IntRange(min = 1, max = 50) int nsPerByte,
            @ForAll @IntRange(min = 1, max = 64) int buffer,
            @ForAll @IntRange(min = 1, max = 400) int pauseNs,
            @ForAll @IntRange(min = 1, max = 80) int most) {
        CharacterModel model = new CharacterModel(nsPerByte, buffer, 1);
        long taken = 0;
        for (long nowNs = 0; nowNs < 20_000; nowNs += pauseNs) {
            taken += model.take(most, nowNs);
            assertThat(taken + model.level(nowNs)).isLessThanOrEqualTo(nowNs / nsPerByte);
            assertThat(model.level(nowNs)).isLessThanOrEqualTo(buffer);
            assertThat(model.triggerNs(nowNs)).isBetween(nowNs, nowNs + nsPerByte);
        }
        if (most >= buffer && pauseNs / nsPerByte + 1 < buffer) { // never full
            long last = 19_999 / pauseNs * (long) pauseNs;
            assertThat(taken).isEqualTo(last / nsPerByte);
        }
    }
}
