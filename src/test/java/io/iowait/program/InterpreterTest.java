package io.iowait.program;

import static io.iowait.program.Dsl.add;
import static io.iowait.program.Dsl.and;
import static io.iowait.program.Dsl.append;
import static io.iowait.program.Dsl.ask;
import static io.iowait.program.Dsl.askInto;
import static io.iowait.program.Dsl.asking;
import static io.iowait.program.Dsl.attempt;
import static io.iowait.program.Dsl.attemptFinally;
import static io.iowait.program.Dsl.bin;
import static io.iowait.program.Dsl.body;
import static io.iowait.program.Dsl.call;
import static io.iowait.program.Dsl.callInto;
import static io.iowait.program.Dsl.choose;
import static io.iowait.program.Dsl.compute;
import static io.iowait.program.Dsl.div;
import static io.iowait.program.Dsl.eq;
import static io.iowait.program.Dsl.fmt;
import static io.iowait.program.Dsl.forEach;
import static io.iowait.program.Dsl.forever;
import static io.iowait.program.Dsl.function;
import static io.iowait.program.Dsl.handler;
import static io.iowait.program.Dsl.index;
import static io.iowait.program.Dsl.le;
import static io.iowait.program.Dsl.leave;
import static io.iowait.program.Dsl.len;
import static io.iowait.program.Dsl.list;
import static io.iowait.program.Dsl.log;
import static io.iowait.program.Dsl.loopWhile;
import static io.iowait.program.Dsl.lt;
import static io.iowait.program.Dsl.mix;
import static io.iowait.program.Dsl.mod;
import static io.iowait.program.Dsl.mul;
import static io.iowait.program.Dsl.next;
import static io.iowait.program.Dsl.nothing;
import static io.iowait.program.Dsl.now;
import static io.iowait.program.Dsl.or;
import static io.iowait.program.Dsl.raise;
import static io.iowait.program.Dsl.raiseAgain;
import static io.iowait.program.Dsl.repeat;
import static io.iowait.program.Dsl.returns;
import static io.iowait.program.Dsl.set;
import static io.iowait.program.Dsl.sub;
import static io.iowait.program.Dsl.text;
import static io.iowait.program.Dsl.var;
import static io.iowait.program.Dsl.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class InterpreterTest {
    private static final Statement.Handler ANY = handler("*", "e", log("caught {e}"));

    private static Program.Builder program(Statement... main) {
        return Program.named("test")
                .notException("CancelledError")
                .function("main", List.of(), body(main));
    }

    private static String run(Statement... main) {
        return ProgramRun.of(program(main).compile()).text();
    }

    private static Arguments row(String told, Statement... main) {
        return Arguments.of(told, List.of(main));
    }

    static List<Arguments> programs() {
        return List.of(
                // control flow
                row("=null"),
                row("=7", set("a", 3), returns(add(var("a"), 4))),
                row("small;=null", choose(lt(1, 2), body(log("small")), body(log("large")))),
                row("large;=null", choose(lt(2, 2), body(log("small")), body(log("large")))),
                row(
                        "=12",
                        set("i", 0),
                        set("s", 0),
                        loopWhile(
                                lt(var("i"), 6),
                                set("i", add(var("i"), 1)),
                                when(eq(mod(var("i"), 2), 1), next()),
                                set("s", add(var("s"), var("i")))),
                        returns(var("s"))),
                row("0;1;2;=2", repeat(3, "i", log("{i}")), returns(var("i"))),
                row("0;1;2;=9", repeat(3, "i", log("{i}"), set("i", 9)), returns(var("i"))),
                row("=null", repeat(0, "i", log("never")), repeat(-1, log("never"))),
                row(
                        "00;01;10;=null",
                        repeat(
                                9,
                                "i",
                                when(eq(var("i"), 2), leave()),
                                repeat(
                                        9,
                                        "k",
                                        log("{i}{k}"),
                                        when(eq(add(var("i"), var("k")), 1), leave())))),
                row(
                        "1;2;=[1,2,1,2]",
                        set("l", list(1, 2)),
                        forEach(var("l"), "x", log("{x}"), append("l", var("x"))),
                        returns(var("l"))),
                // values
                row(
                        "a=1 b=[x,null,true,[]] {1} {} {a b}",
                        set("a", 1),
                        set("b", list("x", nothing(), true, list())),
                        log("a={a} b={b} {1} {} {a b}"),
                        ask("stop")),
                row("=true", returns(lt(1, 2))),
                row("=2", returns(add(lt(1, 2), eq("a", "a")))),
                row(
                        "=[true,false,true,false,true]",
                        returns(
                                list(
                                        eq(list(1, "a"), list(1, "a")),
                                        eq("a", "b"),
                                        eq(nothing(), nothing()),
                                        eq(1, "1"),
                                        eq(true, 1)))),
                row(
                        "=[true,false,false]",
                        returns(list(and(1, list(0)), and(1, 0), or(nothing(), "")))),
                row(
                        "=[3,3,2,1]",
                        set("l", list(1, 2, 3)),
                        returns(
                                list(
                                        len(var("l")),
                                        index(var("l"), -1),
                                        len("ab"),
                                        index(var("l"), 0)))),
                row(
                        "=[-4,2,-1,3]",
                        returns(
                                list(
                                        div(-7, 2),
                                        mod(-7, 3),
                                        bin(Op.MIN, -1, 2),
                                        bin(Op.MAX, 3, 2)))),
                row("=15", returns(bin(Op.UMOD, -1, 16))),
                row("=7960286522194355700", returns(mix(0x3C6EF372FE94F82AL))),
                row("=5", compute(3), compute(2), returns(now())),
                // exceptions
                row("!E", raise("E")),
                row("!E:m1", set("n", 1), raise("E", fmt("m{n}"))),
                row("!E", raise("E", "")),
                row("caught TypeError;=null", attempt(body(set("x", add(1, list()))), ANY)),
                row("caught TypeError;=null", attempt(body(set("x", add("a", 1))), ANY)),
                row("caught TypeError;=null", attempt(body(set("x", add(nothing(), 1))), ANY)),
                row("caught TypeError;=null", attempt(body(repeat("3", log("never"))), ANY)),
                row("caught TypeError;=null", set("x", 1), attempt(body(append("x", 1)), ANY)),
                row("caught TypeError;=null", set("x", 1), attempt(body(raiseAgain("x")), ANY)),
                row("caught IndexError;=null", attempt(body(set("x", index(list(1), 1))), ANY)),
                row("caught IndexError;=null", attempt(body(set("x", index(list(1), -2))), ANY)),
                row("caught ZeroDivisionError;=null", attempt(body(set("x", mod(1, 0))), ANY)),
                row("caught ValueError;=null", attempt(body(compute(-1)), ANY)),
                row(
                        "two;=null",
                        attempt(
                                body(raise("B")),
                                handler("A", "", log("one")),
                                handler("B", "", log("two")))),
                row("!B", attempt(body(raise("B")), handler("A", "", log("one")))),
                row("ex;=null", attempt(body(raise("B")), handler("Exception", "", log("ex")))),
                row(
                        "!CancelledError",
                        attempt(
                                body(ask("boom", "CancelledError")),
                                handler("Exception", "", log("ex")))),
                row(
                        "c;=null",
                        attempt(
                                body(ask("boom", "CancelledError")),
                                handler("CancelledError", "", log("c")))),
                row(
                        "!B",
                        attempt(
                                body(raise("A")),
                                handler("A", "", raise("B")),
                                handler("B", "", log("not here")))),
                row(
                        "same;=null",
                        attempt(
                                body(attempt(body(raise("A")), handler("A", "e", raiseAgain("e")))),
                                handler("A", "f", when(eq(var("e"), var("f")), log("same"))))),
                // finally
                row("b;f;=null", attemptFinally(body(log("b")), body(log("f")))),
                row("f;!E", attemptFinally(body(raise("E")), body(log("f")))),
                row("caught E;f;=null", attemptFinally(body(raise("E")), body(log("f")), ANY)),
                row(
                        "f;!B",
                        attemptFinally(
                                body(raise("E")), body(log("f")), handler("E", "", raise("B")))),
                row("!F", attemptFinally(body(raise("E")), body(raise("F")))),
                row(
                        "f1;f2;=1",
                        set("x", 1),
                        attemptFinally(
                                body(
                                        attemptFinally(
                                                body(returns(var("x"))),
                                                body(log("f{x}"), set("x", 2)))),
                                body(log("f{x}")))),
                row(
                        "f0;f1;g;=null",
                        attemptFinally(
                                body(
                                        repeat(
                                                9,
                                                "i",
                                                attemptFinally(
                                                        body(
                                                                choose(
                                                                        eq(var("i"), 1),
                                                                        body(leave()),
                                                                        body(next()))),
                                                        body(log("f{i}"))))),
                                body(log("g")))),
                row(
                        "in;out;=null",
                        repeat(
                                3,
                                attemptFinally(
                                        body(attemptFinally(body(leave()), body(log("in")))),
                                        body(log("out"))))),
                row(
                        "in;caught X;=null",
                        repeat(
                                3,
                                attempt(
                                        body(
                                                attemptFinally(
                                                        body(leave()),
                                                        body(log("in"), raise("X")))),
                                        ANY),
                                leave())),
                row("f;=2", attemptFinally(body(returns(1)), body(log("f"), returns(2)))),
                row(
                        "f;after;=null",
                        repeat(1, attemptFinally(body(raise("E")), body(log("f"), leave()))),
                        log("after")),
                row("f;=null", attemptFinally(body(ask("echo")), body(log("f")))),
                row("f;!K", attemptFinally(body(ask("boom", "K")), body(log("f")))));
    }

    @ParameterizedTest
    @MethodSource("programs")
    void tellsWhatTheProgramSays(String told, List<Statement> main) {
        assertThat(run(main.toArray(Statement[]::new))).isEqualTo(told);
    }

    @Test
    void callsHaveTheirOwnVariables() {
        Code code =
                program(set("n", 5), callInto("f", "fact", 10), returns(list(var("n"), var("f"))))
                        .function(
                                "fact",
                                List.of("n"),
                                body(
                                        when(le(var("n"), 1), returns(1)),
                                        callInto("r", "fact", sub(var("n"), 1)),
                                        returns(mul(var("n"), var("r")))))
                        .compile();
        assertThat(ProgramRun.of(code).text()).isEqualTo("=[5,3628800]");
    }

    @Test
    void argumentsGoByPosition() {
        Code code =
                program(call("f", 1, 2, 3), call("f", 1))
                        .function("f", List.of("a", "b"), body(log("{a} {b}")))
                        .compile();
        assertThat(ProgramRun.of(code).text()).isEqualTo("1 2;1 null;=null");
    }

    @Test
    void globalsAreSharedAndFreshInEachRun() {
        Code code =
                program(
                                call("f"),
                                call("f"),
                                repeat(2, "k", log("{k}")),
                                returns(list(var("l"), var("k"))))
                        .global("l", list())
                        .global("k", 7)
                        .function(
                                "f",
                                List.of(),
                                body(append("l", var("k")), set("k", add(var("k"), 1))))
                        .compile();
        for (int i = 0; i < 2; i++) {
            assertThat(ProgramRun.of(code).text()).isEqualTo("0;1;=[[7,8],1]");
        }
    }

    @Test
    void localsComeBeforeGlobalsAndTheseBeforeObjects() {
        Code code =
                program(call("f", 1), log("{x} {y} {z}"))
                        .global("x", 10)
                        .object("x", "object x")
                        .object("y", 20)
                        .object("z", new Object())
                        .function(
                                "f",
                                List.of("x"),
                                body(set("y", 2), set("x", 3), log("{x} {y} {z}")))
                        .compile();
        assertThat(ProgramRun.of(code).text()).isEqualTo("3 2 object;10 20 object;=null");
    }

    @Test
    void runawayRecursionRaises() {
        Code code =
                program(attempt(body(call("f")), ANY))
                        .function("f", List.of(), body(call("f")))
                        .compile();
        assertThat(ProgramRun.of(code).text()).isEqualTo("caught RecursionError;=null");
    }

    @Test
    void exceptionsLeaveCalledFunctions() {
        Code code =
                program(attempt(body(call("f"), log("not here")), ANY), log("on"))
                        .function(
                                "f",
                                List.of(),
                                body(attemptFinally(body(call("g")), body(log("f")))))
                        .function("g", List.of(), body(raise("E", "x")))
                        .compile();
        assertThat(ProgramRun.of(code).text()).isEqualTo("f;caught E:x;on;=null");
    }

    @Test
    void anAskCanBeAnsweredByACall() {
        Program.Builder program =
                program(
                        attempt(
                                body(
                                        askInto("x", "sum", 3, 4),
                                        log("{x}"),
                                        set("x", asking("sum", 0, "no"))),
                                ANY),
                        returns(var("x")));
        program.function(
                "sum",
                List.of("a", "b"),
                body(askInto("a", "echo", var("a")), returns(add(var("a"), var("b")))));
        assertThat(ProgramRun.of(program.compile()).text()).isEqualTo("7;caught TypeError;=7");
    }

    @Test
    void numbersStayNumbersWhileObjectsAreOnlyNamedInAsks() {
        Code code =
                program(
                                askInto("x", "echo", 5, "mutex", true),
                                log("x={x}"),
                                returns(add(var("x"), lt(1, 2))))
                        .compile();
        assertThat(code.usesObjects()).isFalse();
        assertThat(ProgramRun.of(code).text()).isEqualTo("x=5;=6");
    }

    @Test
    void argumentsOfAnAskAreReadAsTheyAre() {
        Code code =
                program(ask("stop", 1L << 40, "t", lt(1, 2), list(3), function("main"))).compile();
        Strand s = ProgramRun.of(code).strand;
        assertThat(s.argCount()).isEqualTo(5);
        assertThat(s.argNumber(0)).isEqualTo(1L << 40);
        assertThat(s.argObject(1)).isEqualTo("t");
        assertThat(s.argObject(2)).isSameAs(Value.TRUE);
        assertThat(s.argNumber(2)).isEqualTo(1);
        assertThat(s.argIsNumber(3)).isFalse();
        assertThat(s.argObject(3)).isEqualTo(List.of(3L));
        assertThat(s.argNumber(4)).isZero();
        assertThatIllegalStateException()
                .isThrownBy(() -> s.argNumber(1))
                .withMessageContaining("ask=stop argument=1");
        assertThatIllegalStateException().isThrownBy(() -> s.argNumber(5));
    }

    @Test
    void throwingOverridesAnAnswerNotYetTaken() {
        Code code = program(attempt(body(askInto("x", "stop")), ANY), returns(var("x"))).compile();
        ProgramRun run = ProgramRun.of(code);
        run.strand.answer(1);
        run.strand.throwInto(Raised.byLibrary("CancelledError", ""));
        assertThat(Interpreter.resume(code, run.strand, run.globals, 0)).isEqualTo(Interpreter.LOG);
        assertThat(run.strand.text()).isEqualTo("caught CancelledError");
        assertThat(Interpreter.resume(code, run.strand, run.globals, 0))
                .isEqualTo(Interpreter.DONE);
        assertThat(run.strand.resultObject()).isSameAs(Value.NULL);
    }

    @Test
    void throwingBeforeTheFirstStepIsOutsideOfEveryTry() {
        Code code =
                program(attemptFinally(body(log("not here")), body(log("nor here")), ANY))
                        .compile();
        Strand s = Strand.start(code);
        Raised raised = Raised.byProgram("E", "m");
        s.throwInto(raised);
        assertThat(Interpreter.resume(code, s, code.newGlobals(), 0)).isEqualTo(Interpreter.RAISED);
        assertThat(s.raised()).isSameAs(raised);
    }

    @Test
    void throwingWhileComputingIsInsideTheTry() {
        Code code = program(attempt(body(compute(5)), ANY)).compile();
        Strand s = Strand.start(code);
        Globals g = code.newGlobals();
        assertThat(Interpreter.resume(code, s, g, 0)).isEqualTo(Interpreter.COMPUTE);
        s.throwInto(Raised.byLibrary("K", ""));
        assertThat(Interpreter.resume(code, s, g, 0)).isEqualTo(Interpreter.LOG);
    }

    @Test
    void aLoopThatNeverWaitsUsesUpItsBudget() {
        for (Statement endless :
                List.of(forever(), repeat(Long.MAX_VALUE, set("x", 1)), call("main"))) {
            Code code = program(endless).compile().withStepBudget(1000);
            Strand s = Strand.start(code);
            assertThat(Interpreter.resume(code, s, code.newGlobals(), 0))
                    .isEqualTo(Interpreter.BUDGET);
            assertThat(Interpreter.resume(code, s, code.newGlobals(), 0))
                    .isEqualTo(Interpreter.BUDGET);
        }
    }

    @Test
    void aStrandStartsAtAnyFunctionAndAgain() {
        Code code =
                program()
                        .function("f", List.of("a", "b"), body(returns(sub(var("a"), var("b")))))
                        .compile();
        Globals g = code.newGlobals();
        Strand s = Strand.startWithNumbers(code, code.functionIndex("f"), 7, 2, 9);
        assertThat(Interpreter.resume(code, s, g, 0)).isEqualTo(Interpreter.DONE);
        assertThat(s.resultNumber()).isEqualTo(5);
        s.restart(code.functionIndex("f"));
        s.argument(0, 1);
        assertThat(Interpreter.resume(code, s, g, 0)).isEqualTo(Interpreter.DONE);
        assertThat(s.resultNumber()).isEqualTo(1);
    }

    @Test
    void groupsShowTheirMembers() {
        Raised group =
                Raised.group(
                        "ExceptionGroup",
                        List.of(Raised.byProgram("A", "x"), Raised.byLibrary("B", "y")));
        assertThat(Values.format(group)).isEqualTo("ExceptionGroup[A:x,B]");
        assertThat(Values.format(Raised.group("AggregateError", List.of())))
                .isEqualTo("AggregateError[]");
    }

    @Test
    void aListMayContainItself() {
        assertThat(run(set("l", list()), append("l", var("l")), returns(len(fmt("{l}")))))
                .startsWith("=");
    }

    @Test
    void verbsOutOfTurn_fails() {
        Code code = program(ask("stop")).compile();
        Globals g = code.newGlobals();
        Strand s = Strand.start(code);
        assertThatIllegalStateException()
                .isThrownBy(() -> s.answer(1))
                .withMessageContaining("needs=ASK");
        Interpreter.resume(code, s, g, 0);
        assertThatIllegalStateException().isThrownBy(() -> Interpreter.resume(code, s, g, 0));
        s.answer(0);
        Interpreter.resume(code, s, g, 0);
        assertThatIllegalStateException().isThrownBy(() -> s.throwInto(Raised.byLibrary("K", "")));
        assertThatIllegalStateException().isThrownBy(() -> Interpreter.resume(code, s, g, 0));
    }

    @Test
    void anObjectForAProgramOfNumbers_fails() {
        Code code = program(askInto("x", "stop"), returns(var("x"))).compile();
        Strand s = ProgramRun.of(code).strand;
        s.answerObject("text");
        assertThatIllegalStateException()
                .isThrownBy(() -> Interpreter.resume(code, s, code.newGlobals(), 0))
                .withMessageContaining("keepsObjects");
    }

    static List<Arguments> refusals() {
        return List.of(
                row("break outside of a loop: program=test function=main", leave()),
                row("continue outside of a loop", attempt(body(next()), ANY)),
                row(
                        "no such function: function=mian nearest=main program=test in=main",
                        call("mian")),
                row("no such function: function=mian", ask("echo", function("mian"))),
                row(
                        "no such variable or object: name=cuont nearest=count",
                        set("count", 1),
                        log("{cuont}")),
                row("no such variable or object: name=l", append("l", text("x"))));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void compiling_fails(String message, List<Statement> main) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> program(main.toArray(Statement[]::new)).compile())
                .withMessageContaining(message);
    }

    @Test
    void binding_fails() {
        Code code =
                program(
                                new Statement.Ask("sleep", List.of(), "", "a.yaml:3"),
                                new Statement.Ask("slep", List.of(), "", "a.yaml:7"))
                        .compile();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> code.bind(new AskTable().add("lock", 1).add("sleep", 2)))
                .withMessage(
                        "this runtime has no such ask: ask=slep nearest=sleep program=test function=main where=a.yaml:7");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> code.bind(new AskTable().add("slep", 1).add("sleep", 2, 1, 1)))
                .withMessageContaining("ask=sleep argCount=0 argsMin=1 argsMax=1");
    }

    @Test
    void boundKindsAreTheRuntimesNumbers() {
        Code code = program(ask("stop")).compile();
        assertThat(code.askNames()).containsExactly("stop");
        Code bound = code.bind(new AskTable().add(Asks.SLEEP, 3).add("stop", 42));
        assertThat(ProgramRun.of(bound).strand.askKind()).isEqualTo(42);
    }

    @Test
    void theListingShowsEveryInstruction() {
        Code code =
                program(repeat(2, "i", attempt(body(ask("echo", var("i"), "x")), ANY))).compile();
        assertThat(code.disassemble())
                .startsWith("main: params=0")
                .contains("ASK echo - frame=")
                .contains("\"x\"]")
                .contains("NEXT")
                .contains("handler: pcs=");
    }
}
