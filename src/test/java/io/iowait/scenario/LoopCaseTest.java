package io.iowait.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.iowait.kernel.Outcome;
import io.iowait.runtime.LoopFlavour;
import io.iowait.scenario.LoopCase.Answer;
import io.iowait.trace.HashingConsumer;
import io.iowait.tracepoint.Tracer;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LoopCaseTest {
    private static String asyncio(String program, String expected) {
        return """
        {"suite":"asyncio","name":"test","program":%s,"expected":%s}\
        """
                .formatted(program, expected);
    }

    private static Answer answer(String program) {
        return LoopCase.parse(asyncio(program, "{\"log\":[],\"end\":0}"))
                .answer(Tracer.off(), Set.of(), LoopFlavour.Fault.NONE);
    }

    @Test
    void aPoolAndTheLoopWorkSideBySide() {
        Answer answer =
                answer(
                        """
                        {"main":"main","pools":{"p":{"workers":2}},"coros":{"main":{"body":[
                         {"op":"spawn","item":{"executor":"p","duration":100,"value":7},"into":"a"},
                         {"op":"spawn","item":{"executor":"p","duration":30,"error":"OSError","message":"no"},"into":"b"},
                         {"op":"compute","us":80},
                         {"op":"try","body":[{"op":"await","item":{"var":"b"}}],
                          "except":[{"match":["OSError"],"as":"e","body":[{"op":"log","text":"{e}"}]}]},
                         {"op":"await","item":{"var":"a"},"into":"r"},
                         {"op":"return","value":{"var":"r"}}]}}}\
                        """);
        assertThat(answer.log()).containsExactly("80 OSError:no");
        assertThat(answer.ending()).isEqualTo("result 7");
        assertThat(answer.endUs()).isEqualTo(100);
    }

    @Test
    void aNameIsTheObjectUntilALocalOfThatNameIsAssigned() {
        Answer answer =
                answer(
                        """
                        {"main":"main","objects":{"q":{"kind":"queue"}},"coros":{"main":{"body":[
                         {"op":"put_nowait","target":"q","value":5},
                         {"op":"get_nowait","target":"q","into":"q"},
                         {"op":"return","value":{"var":"q"}}]}}}\
                        """);
        assertThat(answer.ending()).isEqualTo("result 5");
    }

    @Test
    void aPredicateSeesLocalsAndGlobals() {
        Answer answer =
                answer(
                        """
                        {"main":"main","globals":{"k":0},"objects":{"c":{"kind":"condition"}},"coros":{
                         "setter":{"body":[{"op":"await","item":{"sleep":10}},{"op":"set","var":"k","value":3},
                          {"op":"with","target":"c","body":[{"op":"notify_all","target":"c"}]}]},
                         "main":{"body":[{"op":"set","var":"low","value":2},
                          {"op":"spawn","item":{"coro":"setter"}},
                          {"op":"with","target":"c","body":[
                           {"op":"await","item":{"cond_wait_for":"c","predicate":{"lt":[{"var":"low"},{"var":"k"}]}}}]},
                          {"op":"log","text":"{k}"}]}}}\
                        """);
        assertThat(answer.log()).containsExactly("10 3");
    }

    @Test
    void aResultCannotBeSetOnATask() {
        Answer answer =
                answer(
                        """
                        {"main":"main","coros":{"other":{"body":[]},"main":{"body":[
                         {"op":"spawn","item":{"coro":"other"},"into":"t"},
                         {"op":"set_result","target":"t","value":1}]}}}\
                        """);
        assertThat(answer.ending()).isEqualTo("error RuntimeError");
    }

    @Test
    void aLoopThatNeverPausesIsStopped() {
        Answer answer =
                answer(
                        """
                        {"main":"main","coros":{"main":{"body":[
                         {"op":"while","cond":true,"body":[]}]}}}\
                        """);
        assertThat(answer.ending()).isEqualTo("error no progress");
    }

    @Test
    void theTextOfACaseGivesTheSameRunAgain() {
        LoopCase first =
                LoopCase.parse(
                        asyncio(
                                """
                                {"main":"main","coros":{"main":{"body":[
                                 {"op":"await","item":{"sleep":5}},{"op":"log","text":"\\u00e9"}]}}}\
                                """,
                                "{\"log\":[],\"end\":5}"));
        Scenario second = Scenarios.parse(first.kind(), first.text());
        assertThat(second.text()).isEqualTo(first.text());
        assertThat(hash(first)).isEqualTo(hash(second)).isNotZero();
    }

    private static long hash(Scenario scenario) {
        HashingConsumer hash = new HashingConsumer();
        Scenario.Run run = scenario.build(new Tracer(List.of(hash)));
        assertThat(run.toEnd()).isEqualTo(Outcome.FINISHED);
        assertThat(run.log().lines()).hasSize(1);
        return hash.hash();
    }

    @Test
    void refusesWhatIsNoCase() {
        assertThatThrownBy(() -> LoopCase.parse("{")).isInstanceOf(ScenarioException.class);
        assertThatThrownBy(() -> LoopCase.parse("{\"suite\":\"asynci\"}"))
                .isInstanceOf(ScenarioException.class)
                .hasMessageContaining("did you mean 'asyncio'");
    }

    @Test
    void refusesAnUnknownWordBeforeItRuns() {
        assertThatThrownBy(() ->
                        answer(
                                """
                                {"main":"main","coros":{"main":{"body":[{"op":"fly"}]}}}\
                                """))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("fly");
    }
}
