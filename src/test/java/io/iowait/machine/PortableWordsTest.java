package io.iowait.machine;

import static io.iowait.program.Dsl.ask;
import static io.iowait.program.Dsl.askInto;
import static io.iowait.program.Dsl.attempt;
import static io.iowait.program.Dsl.attemptFinally;
import static io.iowait.program.Dsl.body;
import static io.iowait.program.Dsl.choose;
import static io.iowait.program.Dsl.compute;
import static io.iowait.program.Dsl.eq;
import static io.iowait.program.Dsl.function;
import static io.iowait.program.Dsl.handler;
import static io.iowait.program.Dsl.log;
import static io.iowait.program.Dsl.raiseAgain;
import static io.iowait.program.Dsl.var;
import static org.assertj.core.api.Assertions.assertThat;

import io.iowait.program.Program;
import io.iowait.program.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The portable words mean the same on threads and on loops.
class PortableWordsTest {
    private static final long MS = 1_000_000;

    private static Program.Builder main(Statement... main) {
        return Program.named("words")
                .function("main", List.of(), body(main))
                .function(
                        "sleeper",
                        List.of("name", "ns"),
                        body(
                                attempt(
                                        body(ask("sleep", var("ns")), log("{name} slept")),
                                        handler(
                                                "Cancelled",
                                                "e",
                                                log("{name} cancelled"),
                                                raiseAgain("e")))))
                .main("main");
    }

    private static Statement spawn(String into, int name, long ns) {
        return askInto(into, "spawn", function("sleeper"), name, ns);
    }

    @Test
    void allOfWaitsForTheLastAndAnyOfForTheFirst() {
        assertThat(
                        Everywhere.run(
                                main(
                                        spawn("a", 1, 30 * MS),
                                        spawn("b", 2, 10 * MS),
                                        spawn("c", 3, 20 * MS),
                                        askInto("first", "any_of", var("a"), var("b"), var("c")),
                                        choose(
                                                eq(var("first"), var("b")),
                                                body(log("b first")),
                                                body(log("wrong"))),
                                        askInto("r", "all_of", var("a"), var("b"), var("c")),
                                        log("all {r}"),
                                        askInto("first", "any_of", var("c"), var("a")),
                                        choose(
                                                eq(var("first"), var("c")),
                                                body(log("c is over")),
                                                body(log("wrong"))),
                                        spawn("d", 4, 5 * MS),
                                        askInto("first", "any_of", var("d"), var("c")),
                                        choose(
                                                eq(var("first"), var("c")),
                                                body(log("c is over, d is not")),
                                                body(log("wrong"))))))
                .containsExactly(
                        "10000000 2 slept",
                        "10000000 b first",
                        "20000000 3 slept",
                        "30000000 1 slept",
                        "30000000 all 0",
                        "30000000 c is over",
                        "30000000 c is over, d is not",
                        "35000000 4 slept");
    }

    @Test
    void aTimeLimitCancelsWhatTakesLonger() {
        assertThat(
                        Everywhere.run(
                                main(
                                        spawn("a", 1, 30 * MS),
                                        spawn("b", 2, 10 * MS),
                                        askInto("r", "timeout", 20 * MS, var("b")),
                                        log("b {r}"),
                                        askInto("r", "timeout", 5 * MS, var("a")),
                                        log("a {r}"),
                                        askInto("r", "join", var("a")),
                                        log("code {r}"),
                                        askInto("r", "timeout", 5 * MS, var("a")),
                                        log("over {r}"))))
                .containsExactlyInAnyOrder(
                        "10000000 2 slept",
                        "10000000 b 1",
                        "15000000 a 0",
                        "15000000 1 cancelled",
                        "15000000 code -1",
                        "15000000 over 1");
    }

    @Test
    void aCancelledTaskEndsItsWaitAndMayGoOn() {
        Program.Builder program =
                main(
                                askInto("a", "spawn", function("stubborn")),
                                ask("sleep", 3 * MS),
                                askInto("r", "cancel", var("a")),
                                log("told {r}"),
                                askInto("r", "join", var("a")),
                                log("code {r}"),
                                askInto("r", "cancel", var("a")),
                                log("too late {r}"))
                        .function(
                                "stubborn",
                                List.of(),
                                body(
                                        attempt(
                                                body(ask("sleep", 10 * MS)),
                                                handler("Cancelled", "e", log("no"))),
                                        ask("sleep", 10 * MS),
                                        log("done"),
                                        ask("exit", 7)));
        assertThat(Everywhere.run(program))
                .containsExactlyInAnyOrder(
                        "3000000 told 1",
                        "3000000 no",
                        "13000000 done",
                        "13000000 code 7",
                        "13000000 too late 0");
    }

    @Test
    void whoIsCancelledWhileItWaitsForALockNeverHasIt() {
        Program.Builder program =
                main(
                                askInto("a", "spawn", function("holder"), 1),
                                askInto("b", "spawn", function("holder"), 2),
                                askInto("c", "spawn", function("holder"), 3),
                                ask("sleep", 5 * MS),
                                ask("cancel", var("b")),
                                ask("all_of", var("a"), var("b"), var("c")),
                                log("all"))
                        .function(
                                "holder",
                                List.of("n"),
                                body(
                                        ask("lock", 0),
                                        attemptFinally(
                                                body(
                                                        log("{n} has it"),
                                                        ask("sleep", 10 * MS),
                                                        log("{n} held")),
                                                body(ask("unlock", 0)))));
        assertThat(Everywhere.run(program))
                .containsExactly(
                        "0 1 has it",
                        "10000000 1 held",
                        "10000000 3 has it",
                        "20000000 3 held",
                        "20000000 all");
    }

    @Test
    void aTaskThatHasNotBegunDoesNotBegin() {
        assertThat(
                        Everywhere.run(
                                main(
                                        spawn("a", 1, MS),
                                        ask("cancel", var("a")),
                                        askInto("r", "join", var("a")),
                                        log("code {r}"))))
                .containsExactly("0 code -1");
    }

    @Test
    void aComputationIsNotCutShort() {
        Program.Builder program =
                main(
                                askInto("a", "spawn", function("busy")),
                                ask("yield"),
                                ask("cancel", var("a")),
                                ask("join", var("a")),
                                log("joined"))
                        .function(
                                "busy",
                                List.of(),
                                body(compute(5 * MS), log("computed"), ask("sleep", MS)));
        assertThat(Everywhere.run(program)).containsExactly("5000000 computed", "5000000 joined");
    }

    @Test
    void severalMayWaitForOne() {
        Program.Builder program =
                main(
                                spawn("a", 1, 10 * MS),
                                askInto("b", "spawn", function("waiter"), var("a"), 2),
                                askInto("c", "spawn", function("waiter"), var("a"), 3),
                                askInto("r", "timeout", MS, var("c")),
                                log("{r}"),
                                ask("join"),
                                log("all"))
                        .function(
                                "waiter",
                                List.of("whom", "n"),
                                body(ask("join", var("whom")), log("{n} joined")));
        assertThat(Everywhere.run(program))
                .containsExactlyInAnyOrder(
                        "1000000 0", "10000000 1 slept", "10000000 2 joined", "10000000 all");
    }

    @Test
    void aDeviceIsOpenedUsedAndClosed() {
        Program.Builder program =
                main(
                        askInto("d", "open", 0),
                        ask("submit", var("d")),
                        askInto("r", "read", var("d"), 5),
                        log("{r}"),
                        askInto("r", "close", var("d")),
                        log("{r}"),
                        askInto("r", "open", 9),
                        log("{r}"),
                        askInto("r", "read", 77),
                        log("{r}"),
                        askInto("r", "read", -1),
                        log("{r}"));
        assertThat(Everywhere.run(program))
                .containsExactly(
                        "1000000 5", "1000000 0", "1000000 -2", "1000000 -9", "1000000 -9");
    }

    @Test
    void aCancelledReadOfADeviceEnds() {
        Program.Builder program =
                main(
                                askInto("a", "spawn", function("reader")),
                                askInto("r", "timeout", 100, var("a")),
                                log("{r}"))
                        .function(
                                "reader",
                                List.of(),
                                body(
                                        askInto("d", "open", 0),
                                        ask("submit", var("d")),
                                        ask("read", var("d")),
                                        log("never")));
        assertThat(Everywhere.run(program)).containsExactly("100 0");
    }

    @Test
    void aClientConnectsAndTalksToItsServer() {
        Program.Builder program =
                main(
                                askInto("s", "spawn", function("server")),
                                askInto("c", "connect", 0),
                                ask("write", var("c"), 5),
                                askInto("r", "read", var("c"), 100),
                                log("answer {r}"),
                                ask("close", var("c")),
                                ask("join"))
                        .function(
                                "server",
                                List.of(),
                                body(
                                        askInto("c", "accept", 0),
                                        askInto("r", "read", var("c"), 100),
                                        log("request {r}"),
                                        ask("sleep", MS),
                                        ask("write", var("c"), 9),
                                        askInto("r", "read", var("c"), 100),
                                        log("end {r}")));
        assertThat(Everywhere.run(program))
                .containsExactly("0 request 5", "1000000 answer 9", "1000000 end 0");
    }

    @Test
    void aConnectionThatIsNotHeardIsAskedForAgain() {
        Program.Builder program =
                main(
                                ask("spawn", function("client"), 1),
                                ask("spawn", function("client"), 2),
                                ask("spawn", function("client"), 3),
                                ask("sleep", 1_500 * MS),
                                ask("accept", 0),
                                ask("join"))
                        .function(
                                "client",
                                List.of("n"),
                                body(askInto("c", "connect", 0), log("{n} connected")));
        assertThat(Everywhere.run(program))
                .containsExactly("0 1 connected", "0 2 connected", "2000000000 3 connected");
    }

    @Test
    void whoIsNeverHeardGivesUpAfterTwoMinutes() {
        Program.Builder program =
                main(
                        askInto("a", "connect", 0),
                        askInto("b", "connect", 0),
                        askInto("r", "connect", 0),
                        log("{r}"));
        assertThat(Everywhere.run(program)).containsExactly("131000000000 -110");
    }
}
