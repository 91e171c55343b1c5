package io.iowait.io;

import static io.iowait.program.Dsl.ask;
import static io.iowait.program.Dsl.askInto;
import static io.iowait.program.Dsl.compute;
import static io.iowait.program.Dsl.log;
import static io.iowait.program.Dsl.num;
import static io.iowait.program.Dsl.repeat;
import static org.assertj.core.api.Assertions.assertThat;

import io.iowait.kernel.Errno;
import io.iowait.kernel.Outcome;
import io.iowait.machine.Lab;
import io.iowait.machine.WaitsFor;
import io.iowait.program.Asks;
import io.iowait.program.Statement;
import io.iowait.sched.policy.FifoPolicy;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A pipe is what Linux's is: slots, merging, who sleeps and who is woken.
class PipeTest {
    private static final int IN = 0; // descriptors of the only pipe
    private static final int OUT = 1;

    private static Statement read(long bytes) {
        return askInto("n", Asks.READ, num(IN), num(bytes));
    }

    private static Statement write(long bytes) {
        return askInto("n", Asks.WRITE, num(OUT), num(bytes));
    }

    private static Lab lab() {
        return new Lab().classes(new FifoPolicy()).with(machine -> machine.files().openPipe());
    }

    private static Pipe.WriteEnd writeEnd(Lab.Result result) {
        return (Pipe.WriteEnd) result.machine().files().file(OUT);
    }

    private static void requireLaws(Lab.Result result) {
        assertThat(result.report().hasViolations()).as(result.report().format()).isFalse();
    }

    /// IO5: observed on Linux 6.18.44.
    @Test
    void capacityIsTheSameInOneWriteAndInSingleBytes() {
        for (long size : new long[] {65_536, 1}) {
            Lab lab = lab();
            lab.thread("w", repeat(num(65_536 / size), write(size)), log("wrote"));
            Lab.Result result = lab.run();
            assertThat(result.log()).as("size %s", size).containsExactly("0 wrote");
            assertThat(writeEnd(result).isReady()).isFalse();
        }
    }

    /// IO5, second half: a slot is free only when it has been read to its end.
    @Test
    void aFullPipeIsWritableOnceAWholePageIsRead() {
        Lab most = lab();
        most.thread("a", write(65_536), read(4095));
        assertThat(writeEnd(most.run()).isReady()).isFalse();
        Lab whole = lab();
        whole.thread("a", write(65_536), read(4095), read(1), write(1), log("{n}"));
        Lab.Result result = whole.run();
        assertThat(result.outcome()).isEqualTo(Outcome.FINISHED);
        assertThat(result.log()).containsExactly("0 1");
    }

    /// IO6: observed on Linux 6.18.44.
    @Test
    void aPacketPipeIsFullAfterSixteenSingleBytes() {
        for (int packets : new int[] {15, 16, 17}) {
            Lab lab = new Lab().with(machine -> machine.files().openPipe(true));
            lab.thread("w", repeat(num(packets), write(1)), log("wrote"));
            Lab.Result result = lab.run();
            assertThat(result.outcome())
                    .isEqualTo(packets <= 16 ? Outcome.FINISHED : Outcome.DEADLOCK);
            assertThat(writeEnd(result).isReady()).isEqualTo(packets < 16);
        }
    }

    @Test
    void aPacketIsReadAloneAndItsRestIsLost() {
        Lab lab = new Lab().with(machine -> machine.files().openPipe(true));
        lab.thread("a", write(5), write(7), read(3), log("{n}"), read(100), log("{n}"));
        assertThat(lab.run().log()).containsExactly("0 3", "0 7");
    }

    @Test
    void aRemainderIsAppendedOnlyIfItFitsBehindTheNewest() {
        Lab lab = lab();
        // 4000 + 96 fill one slot; 3000, then 2000 does not fit and takes another
        lab.thread("a", write(4000), write(96), write(3000), write(2000));
        Lab.Result result = lab.run();
        Pipe pipe = writeEnd(result).pipe();
        assertThat(pipe.usedSlots()).isEqualTo(3);
        assertThat(pipe.unreadBytes()).isEqualTo(9096);
    }

    /// Reading does not make room in front: what counts is how far a slot was ever filled.
    @Test
    void aHalfReadSlotIsAppendedBehindItsEnd() {
        Lab lab = lab();
        lab.thread("a", write(4000), read(3999), write(97));
        assertThat(writeEnd(lab.run()).pipe().usedSlots()).isEqualTo(2);
    }

    /// A pipe of 64-byte items that was full lets its writer go on only after a whole page.
    @Test
    void aBlockedWriterOfSmallItemsWaitsForTheEndOfAPage() {
        Lab lab = lab();
        lab.thread("w", repeat(num(1024), write(64)), write(64), log("went on"));
        lab.thread("r", repeat(num(64), read(64), compute(num(10))));
        assertThat(lab.run().log()).containsExactly("640 went on");
    }

    @Test
    void aLongWriteGoesInPiecesAndItsResultIsTheWhole() {
        Lab lab = lab();
        lab.thread("w", write(100_000), log("wrote {n}"));
        lab.thread(
                "r", read(65_536), log("read {n}"), compute(num(5)), read(65_536), log("read {n}"));
        Lab.Result result = lab.run();
        assertThat(result.log()).containsExactly("0 read 65536", "5 wrote 100000", "5 read 34464");
        requireLaws(result);
    }

    @Test
    void readersAreWokenInTheOrderOfTheirArrivalOneByOne() {
        Lab lab = lab();
        for (String name : List.of("r0", "r1", "r2")) {
            lab.thread(name, read(1), log(name));
        }
        lab.thread("w", repeat(num(3), ask(Asks.SLEEP, num(10)), write(1)));
        Lab.Result result = lab.run();
        assertThat(result.log()).containsExactly("10 r0", "20 r1", "30 r2");
        requireLaws(result);
    }

    @Test
    void aReaderThatLeavesBytesWakesTheNext() {
        Lab lab = lab();
        lab.thread("r0", read(1), log("r0"));
        lab.thread("r1", read(1), log("r1"));
        lab.thread("w", ask(Asks.SLEEP, num(10)), write(2));
        Lab.Result result = lab.run();
        assertThat(result.log()).containsExactly("10 r0", "10 r1");
        requireLaws(result);
    }

    @Test
    void writersAreWokenInTheOrderOfTheirArrival() {
        Lab lab = lab();
        lab.thread("w0", write(65_536), write(4096), log("w0"));
        lab.thread("w1", write(4096), log("w1"));
        lab.thread("w2", write(4096), log("w2"));
        lab.thread("r", repeat(num(3), ask(Asks.SLEEP, num(10)), read(4096)));
        Lab.Result result = lab.run();
        assertThat(result.log()).containsExactly("10 w0", "20 w1", "30 w2");
        requireLaws(result);
    }

    @Test
    void aWriterThatLeavesASlotWakesTheNext() {
        Lab lab = lab();
        lab.thread("w0", write(65_536), write(4096), log("w0"));
        lab.thread("w1", write(4096), log("w1"));
        lab.thread("r", ask(Asks.SLEEP, num(10)), read(8192));
        Lab.Result result = lab.run();
        assertThat(result.log()).containsExactly("10 w0", "10 w1");
        requireLaws(result);
    }

    @Test
    void aSignalEndsASleepWithEintrOrWithWhatWasWritten() {
        Lab lab = lab();
        lab.thread("r", read(1), log("{n}"));
        lab.thread("k", ask(Asks.SLEEP, num(10)), ask(Asks.KILL, num(0), num(1)));
        assertThat(lab.run().log()).containsExactly("10 " + Errno.EINTR);
        Lab partly = lab();
        partly.thread("w", write(70_000), log("{n}"));
        partly.thread("k", ask(Asks.SLEEP, num(10)), ask(Asks.KILL, num(0), num(1)));
        assertThat(partly.run().log()).containsExactly("10 65536");
        Lab nothing = lab();
        nothing.thread("w", write(65_536), write(1), log("{n}"));
        nothing.thread("k", ask(Asks.SLEEP, num(10)), ask(Asks.KILL, num(0), num(1)));
        Lab.Result result = nothing.run();
        assertThat(result.log()).containsExactly("10 " + Errno.EINTR);
        requireLaws(result);
    }

    @Test
    void theOtherEndGoneAReadGivesNothingAndAWriteFails() {
        Lab lab = lab();
        lab.thread("r0", read(1), log("r0 {n}"));
        lab.thread("r1", read(1), log("r1 {n}"));
        lab.thread("w", ask(Asks.SLEEP, num(10)), ask(Asks.CLOSE, num(OUT)));
        Lab.Result result = lab.run();
        assertThat(result.log()).containsExactly("10 r0 0", "10 r1 0");
        requireLaws(result);
        Lab other = lab();
        other.thread("w", write(65_536), write(1), log("{n}"));
        other.thread("r", ask(Asks.SLEEP, num(10)), ask(Asks.CLOSE, num(IN)));
        assertThat(other.run().log()).containsExactly("10 " + Errno.EPIPE);
    }

    @Test
    void withoutBlockingAFullOrEmptyPipeSaysEagain() {
        Lab lab =
                new Lab()
                        .with(machine -> {
                            Pipe pipe = machine.files().openPipe();
                            pipe.readEnd().nonBlocking(true);
                            pipe.writeEnd().nonBlocking(true);
                        });
        lab.thread("a", read(1), log("{n}"), write(70_000), log("{n}"), write(1), log("{n}"));
        assertThat(lab.run().log())
                .containsExactly("0 " + Errno.EAGAIN, "0 65536", "0 " + Errno.EAGAIN);
    }

    @Test
    void aPipeReadToItsEndHoldsAsMuchAsANewOne() {
        for (int pages = 1; pages <= Pipe.SLOTS; pages++) {
            for (int parts = 1; parts <= 2; parts++) {
                Lab lab = lab();
                lab.thread(
                        "rw",
                        write(4096 * pages),
                        repeat(num(parts * pages), read(4096 / parts)),
                        write(65_536),
                        log("full"));
                Lab.Result result = lab.run();
                assertThat(result.log()).as("%d pages", pages).containsExactly("0 full");
                requireLaws(result);
            }
        }
    }

    @Test
    void whoWaitsForAFullPipeIsNamed() {
        Lab lab = lab();
        lab.thread("w", write(70_000));
        Lab.Result result = lab.run();
        assertThat(result.outcome()).isEqualTo(Outcome.DEADLOCK);
        assertThat(new WaitsFor(result.machine()).sleepers(9))
                .containsExactly("w waits for descriptor 1 to become writable");
    }
}
