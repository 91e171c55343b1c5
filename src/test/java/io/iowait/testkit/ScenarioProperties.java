package io.iowait.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import net.jqwik.api.Arbitrary;
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
    private static final int SCENARIOS = FULL ? 1000 : 60;
    private static final LawCheck CHECK = new LawCheck(Path.of("target", "counterexamples"));
    private static final Coverage COVERAGE = new Coverage();

    @Provide
    Arbitrary<ScenarioDoc> scenarios() {
        return AnyScenario.any();
    }

    @Property(seed = "1")
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
        }
        assertThat(COVERAGE.runs()).isEqualTo(SCENARIOS);
    }
}
