package io.iowait.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.iowait.kernel.Outcome;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;

/// All laws hold over random workloads, and every law that concerns threads is really asked.
class WorkloadProperties {
    private static final LawCheck CHECK = new LawCheck(Path.of("target", "counterexamples"));
    private static final Map<String, Long> EVALUATED = new TreeMap<>();

    @Provide
    Arbitrary<WorkloadDoc> workloads() {
        return Workloads.any();
    }

    @Property(seed = "1")
    void lawsHoldWhereNothingCosts(@ForAll("workloads") WorkloadDoc doc, @ForAll byte seed) {
        count(CHECK.requireLaws(doc, seed, "zero"));
    }

    @Property(seed = "1")
    void lawsHoldOnTheRecordedMachine(@ForAll("workloads") WorkloadDoc doc, @ForAll byte seed) {
        count(CHECK.requireLaws(doc, seed, "linux-6.18-vm"));
    }

    private static void count(LawCheck.Verdict verdict) {
        assertThat(verdict.outcome()).isNotEqualTo(Outcome.NO_PROGRESS);
        verdict.report()
                .verdicts()
                .forEach(law -> EVALUATED.merge(law.id(), law.evaluations(), Long::sum));
    }

    @AfterContainer
    static void lawsWereAsked() {
        for (String law :
                new String[] {"G1", "G2", "G3", "G5", "G9", "G10", "G12", "W1", "L3", "L4", "K1"}) {
            assertThat(EVALUATED.getOrDefault(law, 0L)).as(law).isGreaterThan(100);
        }
    }
}
