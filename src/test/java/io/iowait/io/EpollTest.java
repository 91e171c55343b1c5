package io.iowait.io;

import static io.iowait.machine.Bench.call;
import static io.iowait.machine.Bench.compute;
import static org.assertj.core.api.Assertions.assertThat;

import io.iowait.device.ServiceDriver;
import io.iowait.device.ServiceModel;
import io.iowait.engine.Distribution;
import io.iowait.engine.Time;
import io.iowait.kernel.Cost;
import io.iowait.kernel.CostProfile;
import io.iowait.kernel.Outcome;
import io.iowait.kernel.Sys;
import io.iowait.machine.Bench;
import io.iowait.machine.Lab;
import io.iowait.program.Asks;
import io.iowait.program.Dsl;
import io.iowait.sched.policy.FifoPolicy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Readiness as Linux 6.18 was observed to report it (vectors IO7 to IO12), and what epoll refuses.
class EpollTest {
    private static final long US = 1_000;

    private final Bench b = new Bench(1, CostProfile.zero(), new FifoPolicy());
    private final Files files = b.machine().files();
    private final List<String> seen = new ArrayList<>();

    private static Bench.Step wait(EpollFile epoll, int most) {
        return call(Sys.EPOLL_WAIT, epoll.descriptor() | (long) most << 32, Time.NEVER);
    }

    private static Bench.Step poll(EpollFile epoll) {
        return call(Sys.EPOLL_WAIT, epoll.descriptor() | 1L << 32, 0);
    }

    private static Bench.Step read(OpenFile file) {
        return call(Sys.READ, file.descriptor(), 1);
    }

    private static Bench.Step write(OpenFile file) {
        return call(Sys.WRITE, file.descriptor(), 1);
    }

    private static Bench.Step watch(EpollFile epoll, OpenFile file) {
        return call(Sys.EPOLL_CTL_ADD, epoll.descriptor(), file.descriptor());
    }

    private static Bench.Step sleep() {
        return call(Sys.NANOSLEEP, US, 0);
    }

    /// Notes the first event of the last wait; makes no step worth mentioning.
    private Bench.Step note(EpollFile epoll, int task, String name) {
        return (nowNs, r) -> {
            seen.add(name + epoll.event(task, 0));
            return r.compute(0);
        };
    }

    @Test
    void io7LevelTriggeredReportsUntilAllIsRead() {
        EpollFile epoll = files.openEpoll();
        Pipe pipe = files.openPipe();
        b.task(
                "a",
                watch(epoll, pipe.readEnd()),
                call(Sys.WRITE, pipe.writeEnd().descriptor(), 2),
                poll(epoll),
                b.say("two"),
                read(pipe.readEnd()),
                poll(epoll),
                b.say("one"),
                read(pipe.readEnd()),
                poll(epoll),
                b.say("none"),
                write(pipe.writeEnd()),
                poll(epoll),
                b.say("again"));
        b.run();
        assertThat(b.log()).containsExactly("0 two 1", "0 one 1", "0 none 0", "0 again 1");
    }

    private static Bench.Step control(int call, EpollFile epoll, OpenFile file, int mode) {
        return call(call, epoll.descriptor(), file.descriptor() | (long) mode << 32);
    }

    @Test
    void io7AnEdgeIsReportedOnceForEachArrival() {
        EpollFile epoll = files.openEpoll();
        Pipe pipe = files.openPipe();
        b.task(
                "a",
                control(Sys.EPOLL_CTL_ADD, epoll, pipe.readEnd(), EpollFile.EDGE),
                call(Sys.WRITE, pipe.writeEnd().descriptor(), 2),
                poll(epoll),
                b.say("arrival"),
                read(pipe.readEnd()),
                poll(epoll),
                b.say("read a part"),
                write(pipe.writeEnd()),
                poll(epoll),
                b.say("another arrival"),
                poll(epoll),
                b.say("no more"));
        b.run();
        assertThat(b.log())
                .containsExactly(
                        "0 arrival 1", "0 read a part 0", "0 another arrival 1", "0 no more 0");
    }

    @Test
    void io7AOneshotIsSilentUntilItIsModified() {
        EpollFile epoll = files.openEpoll();
        Pipe pipe = files.openPipe();
        b.task(
                "a",
                control(Sys.EPOLL_CTL_ADD, epoll, pipe.readEnd(), EpollFile.ONESHOT),
                write(pipe.writeEnd()),
                poll(epoll),
                b.say("one"),
                write(pipe.writeEnd()),
                poll(epoll),
                b.say("silent"),
                control(Sys.EPOLL_CTL_MOD, epoll, pipe.readEnd(), EpollFile.ONESHOT),
                poll(epoll),
                b.say("one more"),
                poll(epoll),
                b.say("silent"));
        b.run();
        assertThat(b.log()).containsExactly("0 one 1", "0 silent 0", "0 one more 1", "0 silent 0");
    }

    /// Four instances on one file, a waiter each that leaves after its event; who saw which
    /// arrival.
    private List<String> fourInstances(int mode, int arrivals) {
        EventFile file = files.openEvent();
        for (int i = 0; i < 4; i++) {
            EpollFile epoll = files.openEpoll();
            epoll.add(file, mode);
            String who = Integer.toString(i);
            b.task("waiter", wait(epoll, 1), b.say(who));
        }
        List<Bench.Step> steps = new ArrayList<>();
        for (int i = 0; i < arrivals; i++) {
            steps.add(sleep());
            steps.add(write(file));
        }
        b.task("writer", steps.toArray(Bench.Step[]::new));
        b.run();
        return b.log();
    }

    @Test
    void io10OfExclusiveInstancesTheFirstThatWaitsIsTold() {
        assertThat(fourInstances(EpollFile.EXCLUSIVE, 4))
                .containsExactly("1000 0 1", "2000 1 1", "3000 2 1", "4000 3 1");
    }

    @Test
    void io11AllOtherInstancesAreToldTheNewestFirst() {
        assertThat(fourInstances(EpollFile.EDGE, 1))
                .containsExactly("1000 3 1", "1000 2 1", "1000 1 1", "1000 0 1");
    }

    @Test
    void modesThatDoNotGoTogetherAreRefused() {
        EpollFile epoll = files.openEpoll();
        EventFile file = files.openEvent();
        b.task(
                "a",
                control(Sys.EPOLL_CTL_ADD, epoll, file, EpollFile.EXCLUSIVE | EpollFile.ONESHOT),
                b.say("exclusive and oneshot"),
                control(Sys.EPOLL_CTL_MOD, epoll, file, 0),
                b.say("not watched"),
                control(Sys.EPOLL_CTL_ADD, epoll, file, EpollFile.EXCLUSIVE),
                control(Sys.EPOLL_CTL_MOD, epoll, file, 0),
                b.say("exclusive stays"));
        b.run();
        assertThat(b.log())
                .containsExactly(
                        "0 exclusive and oneshot -22", "0 not watched -2", "0 exclusive stays -22");
    }

    @Test
    void aRegularFileIsRefusedAndNeverSaysThatItWouldBlock() {
        EpollFile epoll = files.openEpoll();
        ServiceModel model = new ServiceModel(Distribution.constant(5 * US), 1);
        OpenFile file = new ServiceDriver(files, model, 0, true).readsSubmit().open(0);
        file.nonBlocking(true);
        b.task(
                "a",
                watch(epoll, file),
                b.say("refused"),
                call(Sys.READ, file.descriptor(), 100),
                b.say("read"));
        b.run();
        assertThat(b.log()).containsExactly("0 refused -1", "5000 read 100");
    }

    @Test
    void aReaderStaysWithItsFileWhenTheDescriptorIsGivenToAnother() {
        EventFile first = files.openEvent();
        b.task("reader", read(first), b.say("read"));
        b.task(
                "closer",
                sleep(),
                call(Sys.CLOSE, first.descriptor(), 0),
                (nowNs, r) -> {
                    files.openEvent(); // has the same descriptor
                    return r.compute(0);
                },
                call(Sys.WRITE, first.descriptor(), 7),
                sleep(),
                (nowNs, r) -> {
                    first.write(0, 0, 3, nowNs); // somebody who has the old one still
                    return r.compute(0);
                });
        b.run();
        assertThat(b.log()).containsExactly("2000 read 3");
    }

    @Test
    void io8AWaitForOneRotates() {
        EpollFile epoll = files.openEpoll(); // descriptor 0
        List<Bench.Step> steps = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            EventFile file = files.openEvent(); // descriptors 1 to 3
            steps.add(watch(epoll, file));
            steps.add(write(file));
        }
        for (int i = 0; i < 7; i++) {
            steps.add(wait(epoll, 1));
            steps.add(note(epoll, 0, ""));
        }
        b.task("a", steps.toArray(Bench.Step[]::new));
        b.run();
        assertThat(seen).containsExactly("1", "2", "3", "1", "2", "3", "1");
    }

    @Test
    void io9TheNewestWaiterIsWokenFirst() {
        EpollFile epoll = files.openEpoll();
        EventFile file = files.openEvent();
        epoll.add(file);
        for (int i = 0; i < 4; i++) {
            b.task("waiter", wait(epoll, 1), note(epoll, i, i + " saw "), read(file));
        }
        b.task(
                "writer",
                write(file),
                sleep(),
                write(file),
                sleep(),
                write(file),
                sleep(),
                write(file));
        assertThat(b.run()).isEqualTo(Outcome.FINISHED);
        assertThat(seen).containsExactly("3 saw 1", "2 saw 1", "1 saw 1", "0 saw 1");
    }

    @Test
    void io11AllEpollInstancesAreToldTheNewestFirst() {
        EventFile file = files.openEvent();
        for (int i = 0; i < 4; i++) {
            EpollFile epoll = files.openEpoll();
            epoll.add(file);
            b.task("waiter", wait(epoll, 1), note(epoll, i, i + " saw "));
        }
        b.task("writer", write(file));
        assertThat(b.run()).isEqualTo(Outcome.FINISHED);
        assertThat(seen).containsExactly("3 saw 0", "2 saw 0", "1 saw 0", "0 saw 0");
    }

    @Test
    void io12BlockedReadersAreWokenInOrder() {
        Pipe pipe = files.openPipe();
        for (int i = 0; i < 4; i++) {
            b.task("reader", read(pipe.readEnd()), b.say("reader " + i));
        }
        Bench.Step write = write(pipe.writeEnd());
        b.task("writer", write, sleep(), write, sleep(), write, sleep(), write);
        b.run();
        assertThat(b.log())
                .containsExactly(
                        "0 reader 0 1", "1000 reader 1 1", "2000 reader 2 1", "3000 reader 3 1");
    }

    @Test
    void allReadersOfAWakeDescriptorAreWokenAndTheNewestTakesIt() {
        EventFile file = files.openEvent();
        for (int i = 0; i < 3; i++) {
            b.task("reader", read(file), b.say("reader " + i));
        }
        b.task("writer", write(file), sleep(), write(file), sleep(), write(file));
        assertThat(b.run()).isEqualTo(Outcome.FINISHED);
        assertThat(b.log()).hasSize(3).first().isEqualTo("0 reader 2 1");
    }

    /// eventfd(2): those who sleep in a read are not exclusive, so that all are woken.
    @Test
    void oneWriteToAWakeDescriptorWakesAllItsReaders() {
        Lab lab = new Lab().classes(new FifoPolicy()).with(m -> m.files().openEvent());
        for (int i = 0; i < 4; i++) {
            lab.thread("reader", Dsl.ask(Asks.READ, Dsl.num(0)));
        }
        lab.thread("writer", Dsl.ask(Asks.WRITE, Dsl.num(0), Dsl.num(1)));
        assertThat(lab.run().records().stream().filter(r -> r.contains("sched_waking"))).hasSize(4);
    }

    @Test
    void whatNobodyReadsIsSeenByAllWaiters() {
        EpollFile epoll = files.openEpoll();
        EventFile file = files.openEvent();
        epoll.add(file);
        b.task("a", wait(epoll, 1), note(epoll, 0, "a saw "));
        b.task("b", wait(epoll, 1), note(epoll, 1, "b saw "));
        b.task("writer", write(file));
        assertThat(b.run()).isEqualTo(Outcome.FINISHED);
        assertThat(seen).containsExactly("b saw 1", "a saw 1");
    }

    @Test
    void twoWaitersDoNotMixTheirEvents() {
        CostProfile slow = CostProfile.named("slow").cost(Cost.EPOLL_EVENT, 10 * US).build();
        Bench two = new Bench(2, slow, new FifoPolicy());
        EpollFile epoll = two.machine().files().openEpoll();
        for (int i = 0; i < 2; i++) {
            EventFile file = two.machine().files().openEvent();
            epoll.add(file);
            two.task("writer", write(file));
        }
        two.task("a", compute(US), wait(epoll, 1), note(epoll, 2, "a saw "));
        two.task("b", compute(3 * US), wait(epoll, 1), note(epoll, 3, "b saw "));
        two.run();
        assertThat(seen).containsExactly("a saw 1", "b saw 2");
    }

    @Test
    void oneOfManyIsForgottenAndTheOthersStayInOrder() {
        EpollFile epoll = files.openEpoll();
        List<EventFile> events = new ArrayList<>();
        List<Bench.Step> steps = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            EventFile file = files.openEvent();
            events.add(file);
            epoll.add(file);
            steps.add(write(file));
        }
        for (int i : new int[] {0, 39, 20, 21}) {
            steps.add(call(Sys.EPOLL_CTL_DEL, epoll.descriptor(), events.get(i).descriptor()));
        }
        steps.add(wait(epoll, 64));
        steps.add((nowNs, r) -> {
            for (int k = 0; k < r.result; k++) {
                seen.add("" + (epoll.event(0, k) - 1));
            }
            return r.exit(0);
        });
        b.task("a", steps.toArray(Bench.Step[]::new));
        b.run();
        assertThat(seen).hasSize(36).startsWith("1", "2").endsWith("37", "38");
        assertThat(seen).containsSubsequence("19", "22").doesNotContain("20", "21");
    }

    @Test
    void refusesWhatItCannotWatch() {
        EpollFile epoll = files.openEpoll();
        EpollFile other = files.openEpoll();
        EventFile file = files.openEvent();
        b.task(
                "a",
                watch(epoll, file),
                watch(epoll, file),
                b.say("twice"),
                watch(epoll, other),
                b.say("nested"),
                call(Sys.EPOLL_CTL_DEL, other.descriptor(), file.descriptor()),
                b.say("not there"),
                call(Sys.EPOLL_WAIT, epoll.descriptor(), Time.NEVER),
                b.say("for none"));
        b.run();
        assertThat(b.log())
                .containsExactly("0 twice -17", "0 nested -22", "0 not there -2", "0 for none -22");
    }

    @Test
    void aClosedInstanceIsToldNothing() {
        EpollFile epoll = files.openEpoll();
        EventFile file = files.openEvent();
        epoll.add(file);
        b.task("a", call(Sys.CLOSE, epoll.descriptor(), 0), write(file));
        b.run();
        assertThat(epoll.isReadable()).isFalse();
    }

    @Test
    void aChannelTakesItsNextRequestWhenTheLastIsRead() {
        ServiceModel model = new ServiceModel(Distribution.constant(US), 1);
        int disk = new ServiceDriver(files, model, 0, true).open(0).descriptor();
        b.task(
                "a",
                call(Sys.SUBMIT, disk, 0),
                call(Sys.NANOSLEEP, 2 * US, 0),
                call(Sys.SUBMIT, disk, 0),
                b.say("too early"),
                call(Sys.READ, disk, 1),
                call(Sys.SUBMIT, disk, 0),
                call(Sys.READ, disk, 1),
                b.say("read"));
        b.run();
        assertThat(b.log()).containsExactly("2000 too early -11", "3000 read 1");
        assertThat(b.end().hasViolations()).isFalse();
    }
}
