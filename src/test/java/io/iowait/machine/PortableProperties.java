package io.iowait.machine;

import static io.iowait.program.Dsl.add;
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
import static io.iowait.program.Dsl.set;
import static io.iowait.program.Dsl.var;

import io.iowait.program.Program;
import io.iowait.program.Statement;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/// A program of portable words logs the same on threads and on loops.
///
/// Children sleep, hold a mutex, use a device, catch their cancellation or do not; `main` waits for
/// them in all ways. Times are chosen so that no two things that could meet do: what child i does
/// takes thousands and 3 (i + 1) ns, what `main` does thousands and 101.
class PortableProperties {
    private static final long K = 1000;

    /// @param stubborn whether it goes on when it is cancelled
    record Child(int first, int second, boolean locks, boolean uses, boolean stubborn) {}

    /// @param kind what `main` does, 0..4
    record Move(int kind, int whom, int other, int after) {}

    @Provide
    Arbitrary<List<Child>> children() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, 30),
                        Arbitraries.integers().between(1, 30),
                        Arbitraries.of(true, false),
                        Arbitraries.of(true, false),
                        Arbitraries.of(true, false))
                .as(Child::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(5);
    }

    @Provide
    Arbitrary<List<Move>> moves() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, 4),
                        Arbitraries.integers().between(0, 4),
                        Arbitraries.integers().between(0, 4),
                        Arbitraries.integers().between(0, 30))
                .as(Move::new)
                .list()
                .ofMaxSize(6);
    }

    @Property(tries = 50, seed = "1")
    void everyWayLogsTheSame(
            @ForAll("children") List<Child> children, @ForAll("moves") List<Move> moves) {
        Everywhere.run(program(children, moves));
    }

    private static Program.Builder program(List<Child> children, List<Move> moves) {
        List<Statement> main = new ArrayList<>();
        Program.Builder program = Program.named("words").main("main");
        for (int i = 0; i < children.size(); i++) {
            program.function("child" + i, List.of(), child(i, children.get(i)));
            main.add(askInto("h" + i, "spawn", function("child" + i)));
        }
        for (int k = 0; k < moves.size(); k++) {
            main.addAll(move(k, moves.get(k), children.size()));
        }
        main.add(ask("join"));
        main.add(log("end"));
        return program.function("main", List.of(), main);
    }

    private static List<Statement> child(int i, Child child) {
        long own = 3L * (i + 1);
        List<Statement> work =
                body(
                        ask("sleep", child.first * K + own),
                        log(i + " half"),
                        compute(i % 2),
                        ask("sleep", child.second * K + own),
                        log(i + " done"));
        List<Statement> steps = new ArrayList<>();
        if (child.uses) {
            steps.add(askInto("d", "open", 0, i));
            steps.add(ask("submit", var("d")));
            steps.add(askInto("r", "read", var("d"), 7));
            steps.add(ask("sleep", own));
            steps.add(log(i + " read {r}"));
        }
        if (child.locks) {
            steps.add(ask("sleep", own));
            steps.add(ask("lock", 0));
            steps.add(attemptFinally(work, body(log(i + " unlocks"), ask("unlock", 0))));
        } else {
            steps.addAll(work);
        }
        if (!child.stubborn) {
            return steps;
        }
        return body(
                attempt(steps, handler("Cancelled", "e", log(i + " cancelled"))),
                ask("sleep", own),
                log(i + " goes on"),
                ask("exit", i + 10));
    }

    private static List<Statement> move(int k, Move move, int children) {
        String whom = "h" + move.whom % children;
        String other = "h" + move.other % children;
        List<Statement> all = new ArrayList<>(body(ask("sleep", move.after * K + 101)));
        switch (move.kind) {
            case 0 -> all.add(askInto("r", "cancel", var(whom)));
            case 1 -> all.add(askInto("r", "timeout", move.other * 7 * K + 101, var(whom)));
            case 2 -> all.add(askInto("r", "all_of", var(whom), var(other)));
            case 3 -> all.add(askInto("r", "join", var(whom)));
            default -> {
                all.add(askInto("f", "any_of", var(whom), var(other)));
                all.add(
                        choose(
                                eq(var("f"), var(whom)),
                                body(set("r", add(1, 0))),
                                body(set("r", 0))));
            }
        }
        all.add(log("move " + k + " {r}"));
        return all;
    }
}
