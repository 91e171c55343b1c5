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

    /// CPython 3.13, Task.uncancel: the last request that is taken back clears a cancellation to
    /// come.
    @Test
    void aCancellationThatIsTakenBackDoesNotCome() {
        Answer answer =
                answer(
                        """
                        {"main":"main","coros":{"main":{"body":[
                         {"op":"cancel_current"},
                         {"op":"uncancel","into":"left"},
                         {"op":"await","item":{"sleep":10}},
                         {"op":"return","value":{"var":"left"}}]}}}\
                        """);
        assertThat(answer.ending()).isEqualTo("result 0");
        assertThat(answer.endUs()).isEqualTo(10);
    }

    /// asyncio.timeout: only the last deadline counts.
    @Test
    void aLimitThatIsPutOffDoesNotComeAtItsFirstTime() {
        Answer answer =
                answer(
                        """
                        {"main":"main","coros":{"main":{"body":[
                         {"op":"timeout","delay":100,"as":"t","body":[
                          {"op":"reschedule","target":"t","when":{"add":[{"now":true},300]}},
                          {"op":"await","item":{"sleep":200}}]},
                         {"op":"return","value":"in time"}]}}}\
                        """);
        assertThat(answer.ending()).isEqualTo("result in time");
        assertThat(answer.endUs()).isEqualTo(200);
    }

    /// asyncio.TaskGroup: when a task fails while the body still waits, the body is cancelled.
    @Test
    void aTaskThatFailsEndsTheBodyOfItsGroup() {
        Answer answer =
                answer(
                        """
                        {"main":"main","coros":{
                         "boom":{"body":[{"op":"await","item":{"sleep":10}},
                          {"op":"raise","error":"ValueError","message":"boom"}]},
                         "main":{"body":[{"op":"try","body":[
                           {"op":"task_group","as":"g","body":[
                            {"op":"spawn","item":{"coro":"boom"},"group":"g"},
                            {"op":"await","item":{"sleep":100}},
                            {"op":"log","text":"not reached"}]}],
                          "except":[{"match":["*"],"as":"e","body":[{"op":"log","text":"failed"}]}]},
                         {"op":"return","value":"done"}]}}}\
                        """);
        assertThat(answer.log()).containsExactly("10 failed");
        assertThat(answer.ending()).isEqualTo("result done");
    }

    /// asyncio.Lock is fair: who comes back queues behind those who wait.
    @Test
    void aLockGoesToWhoWaits() {
        Answer answer =
                answer(
                        """
                        {"main":"main","objects":{"l":{"kind":"lock"}},"coros":{
                         "waits":{"body":[{"op":"await","item":{"acquire":"l"}},
                          {"op":"log","text":"waiter"},{"op":"release","target":"l"}]},
                         "main":{"body":[
                          {"op":"await","item":{"acquire":"l"}},
                          {"op":"spawn","item":{"coro":"waits"}},
                          {"op":"await","item":{"sleep":10}},
                          {"op":"release","target":"l"},
                          {"op":"await","item":{"acquire":"l"}},
                          {"op":"log","text":"main"}]}}}\
                        """);
        assertThat(answer.log()).containsExactly("10 waiter", "10 main");
    }

    /// asyncio.Queue: join waits for a task_done for each item; an item goes to the next getter
    /// when the one that was woken for it is cancelled.
    @Test
    void aQueueForgetsNoItem() {
        Answer answer =
                answer(
                        """
                        {"main":"main","objects":{"q":{"kind":"queue"}},"coros":{
                         "gets":{"params":["n"],"body":[{"op":"await","item":{"get":"q"},"into":"r"},
                          {"op":"log","text":"{n} got {r}"}]},
                         "joins":{"body":[{"op":"await","item":{"join":"q"}},{"op":"log","text":"joined"}]},
                         "main":{"body":[
                          {"op":"spawn","item":{"coro":"gets","args":[1]},"into":"one"},
                          {"op":"spawn","item":{"coro":"gets","args":[2]}},
                          {"op":"await","item":{"sleep":10}},
                          {"op":"put_nowait","target":"q","value":5},
                          {"op":"cancel","target":"one"},
                          {"op":"await","item":{"sleep":10}},
                          {"op":"put_nowait","target":"q","value":6},
                          {"op":"spawn","item":{"coro":"joins"},"into":"j"},
                          {"op":"await","item":{"sleep":10}},
                          {"op":"task_done","target":"q"},
                          {"op":"await","item":{"sleep":10}},
                          {"op":"task_done","target":"q"},
                          {"op":"await","item":{"var":"j"}}]}}}\
                        """);
        assertThat(answer.log()).containsExactly("10 2 got 5", "40 joined");
    }

    /// asyncio.Condition.notify wakes as many as it says.
    @Test
    void aConditionWakesAsManyAsAsked() {
        Answer answer =
                answer(
                        """
                        {"main":"main","objects":{"c":{"kind":"condition"}},"coros":{
                         "waits":{"params":["n"],"body":[{"op":"with","target":"c","body":[
                          {"op":"await","item":{"cond_wait":"c"}},{"op":"log","text":"{n} woke"}]}]},
                         "main":{"body":[
                          {"op":"spawn","item":{"coro":"waits","args":[1]}},
                          {"op":"spawn","item":{"coro":"waits","args":[2]}},
                          {"op":"await","item":{"sleep":10}},
                          {"op":"with","target":"c","body":[{"op":"notify","target":"c"}]},
                          {"op":"await","item":{"sleep":10}},
                          {"op":"return","value":"over"}]}}}\
                        """);
        assertThat(answer.log()).containsExactly("10 1 woke");
        assertThat(answer.ending()).isEqualTo("result over");
    }

    /// Node's timers: a delay that does not fit into 31 bits, or below 1, is 1 ms.
    @Test
    void aDelayThatNodeCannotHoldIsAMillisecond() {
        Answer answer =
                LoopCase.parse(
                                """
                                {"suite":"node","name":"test","expected":{"log":[],"end":0},
                                 "program":{"main":"main","functions":{
                                  "main":{"body":[
                                   {"op":"timeout","ms":2147483648,"fn":"p","args":["huge"]},
                                   {"op":"timeout","ms":-5,"fn":"p","args":["negative"]},
                                   {"op":"timeout","ms":2,"fn":"p","args":["two"]}]},
                                  "p":{"params":["s"],"body":[{"op":"log","text":"{s}"}]}}}}\
                                """)
                        .answer(Tracer.off(), Set.of(), LoopFlavour.Fault.NONE);
        assertThat(answer.log()).containsExactly("1000 huge", "1000 negative", "2000 two");
    }

    /// asyncio.Semaphore: a waiter that is cancelled after it was woken passes its permit on.
    @Test
    void aPermitIsNotLostWithItsWaiter() {
        Answer answer =
                answer(
                        """
                        {"main":"main","objects":{"s":{"kind":"semaphore","value":1}},"coros":{
                         "waits":{"params":["n"],"body":[{"op":"await","item":{"acquire":"s"}},
                          {"op":"log","text":"{n} has it"}]},
                         "main":{"body":[
                          {"op":"await","item":{"acquire":"s"}},
                          {"op":"spawn","item":{"coro":"waits","args":[1]},"into":"one"},
                          {"op":"spawn","item":{"coro":"waits","args":[2]},"into":"two"},
                          {"op":"await","item":{"sleep":10}},
                          {"op":"release","target":"s"},
                          {"op":"cancel","target":"one"},
                          {"op":"await","item":{"var":"two"}},
                          {"op":"return","value":"done"}]}}}\
                        """);
        assertThat(answer.log()).containsExactly("10 2 has it");
        assertThat(answer.ending()).isEqualTo("result done");
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
