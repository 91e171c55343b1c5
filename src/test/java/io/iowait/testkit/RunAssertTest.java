package io.iowait.testkit;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/// By hand: jobs of 10, 4 and 7 ms in turns of 2 ms; C waits for A and B before each of its turns.
class RunAssertTest {
    private static RunAssert jobs(String... words) {
        return RunAssert.run("round-robin", words);
    }

    private static void fails(ThrowingCallable assertion, String message) {
        assertThatThrownBy(assertion)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(message);
    }

    @Test
    void whatHoldsIsPassedOver() {
        assertThatCode(() ->
                        jobs().keepsTheLaws()
                                .takesTurns("A", "B", "C", "A", "B", "C", "A", "C")
                                .waitsAtMost("C", "4ms")
                                .waitsAtMost("B", "4ms")
                                .has(12, "sched_switch")
                                .logs("A: done")
                                .endsAt("21ms"))
                .doesNotThrowAnyException();
    }

    @Test
    void whatDoesNotHoldSaysWhatTheRunDid() {
        fails(() -> jobs("policy=fifo").takesTurns("A", "B", "A"), "turns [A, B, C]");
        fails(() -> jobs().waitsAtMost("C", "3999us"), "found    4ms");
        fails(() -> jobs().waitsAtMost("D", "1ms"), "no task 'D'");
        fails(() -> jobs().has(11, "sched_switch"), "found    12");
        fails(() -> jobs().logs("D: done"), "expected a logged line with 'D: done'");
        fails(() -> jobs().endsAt("20ms"), "found    21ms");
        fails(() -> jobs("defects=slice-never-ends").keepsTheLaws(), "F12");
    }

    @Test
    void aTraceIsAskedLikeARun() {
        RunAssert flagship = RunAssert.trace(Path.of("traces/flagship-loop-100.iowt"));
        assertThatCode(() -> flagship.keepsTheLaws().takesTurns("loop")).doesNotThrowAnyException();
    }

    @Test
    void scenarioFilesAreTaken() {
        assertThatCode(() ->
                        RunAssert.run("docs/examples/workers-and-disk.yaml", "cores=2")
                                .endsAt("9ms"))
                .doesNotThrowAnyException();
    }
}
