package io.iowait.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import net.jqwik.api.lifecycle.AroundPropertyHook;
import net.jqwik.api.lifecycle.PropertyExecutionResult;
import net.jqwik.api.lifecycle.PropertyExecutor;
import net.jqwik.api.lifecycle.PropertyLifecycleContext;

/// Generated scenarios are clean under all laws, and between them they put everything to the test:
/// a thousand with -Diowait.full=true, which then print what they covered; some dozens otherwise.
class ScenarioProperties {
    private static final boolean FULL = Boolean.getBoolean("iowait.full");
    private static final int SCENARIOS = FULL ? 1000 : 50;

    /// Laws of a policy or of a word that some dozens of scenarios may lack.
    private static final List<String> OF_ONE_POLICY =
            List.of(
                    "F8 0", "F11 0", "F12 0", "T1 0", "T2 0", "T3 0", "T4 0", "T5 0", "T6 0",
                    "T7 0", "T8 0", "K3 0");

    private static final LawCheck CHECK = new LawCheck(Path.of("target", "counterexamples"));
    private static final Coverage COVERAGE = new Coverage();

    @Provide
    Arbitrary<ScenarioDoc> scenarios() {
        return AnyScenario.any();
    }

    // edge cases of so many arbitraries would be half of the scenarios, and much alike
    @Property(seed = "1", edgeCases = EdgeCasesMode.NONE)
    @AddLifecycleHook(AsMany.class)
    void allLawsHold(@ForAll("scenarios") ScenarioDoc doc) {
        CHECK.require(doc, COVERAGE);
    }

    static final class AsMany implements AroundPropertyHook {
        @Override
        public PropertyExecutionResult aroundProperty(
                PropertyLifecycleContext context, PropertyExecutor property) {
            context.attributes().setTries(SCENARIOS);
            PropertyExecutionResult result = property.execute();
            if (result.status() != PropertyExecutionResult.Status.SUCCESSFUL) {
                return result;
            }
            try {
                requireCoverage();
                return result;
            } catch (AssertionError e) {
                return result.mapToFailed(e);
            }
        }
    }

    private static void requireCoverage() {
        if (FULL) {
            System.out.print(COVERAGE.format());
            requireEverything();
        }
        assertThat(COVERAGE.runs()).isEqualTo(SCENARIOS);
        assertThat(COVERAGE.lawsBelow(1)).isSubsetOf(OF_ONE_POLICY);
        assertThat(COVERAGE.withLocks()).isGreaterThanOrEqualTo(SCENARIOS / (FULL ? 5 : 10));
        assertThat(COVERAGE.severalCpus()).isGreaterThanOrEqualTo(SCENARIOS / 5);
    }

    private static void requireEverything() {
        assertThat(COVERAGE.kindsMissing()).isEmpty();
        assertThat(COVERAGE.lawsBelow(1000)).isEmpty();
        assertThat(COVERAGE.words("CPUs")).containsExactly("1", "2", "3", "4");
        assertThat(COVERAGE.words("profile"))
                .contains("zero", "zero+..", "linux-6.18-vm", "linux-6.18-vm+..");
        assertThat(COVERAGE.words("policy"))
                .contains(
                        "rr",
                        "fifo",
                        "priority",
                        "mlfq",
                        "fair",
                        "sjf",
                        "srpt",
                        "lottery",
                        "cfs",
                        "eevdf");
        assertThat(COVERAGE.words("executed as"))
                .contains(
                        "threads",
                        "thread-per-request",
                        "pool",
                        "processes",
                        "loop",
                        "loop-offload",
                        "loop-per-core",
                        "loop-per-process",
                        "asyncio",
                        "asyncio-executor",
                        "node");
    }
}
