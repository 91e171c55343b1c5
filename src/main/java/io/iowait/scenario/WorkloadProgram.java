package io.iowait.scenario;

import static io.iowait.program.Dsl.add;
import static io.iowait.program.Dsl.ask;
import static io.iowait.program.Dsl.askInto;
import static io.iowait.program.Dsl.choose;
import static io.iowait.program.Dsl.compute;
import static io.iowait.program.Dsl.draw;
import static io.iowait.program.Dsl.forever;
import static io.iowait.program.Dsl.function;
import static io.iowait.program.Dsl.loopWhile;
import static io.iowait.program.Dsl.lt;
import static io.iowait.program.Dsl.now;
import static io.iowait.program.Dsl.num;
import static io.iowait.program.Dsl.repeat;
import static io.iowait.program.Dsl.set;
import static io.iowait.program.Dsl.sub;
import static io.iowait.program.Dsl.var;
import static io.iowait.program.Dsl.when;

import io.iowait.engine.Draws;
import io.iowait.program.Asks;
import io.iowait.program.Expr;
import io.iowait.program.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/// Translates the operations of a workload's thread into statements of the language.
///
/// Parameters of a thread's function: `i` (its number), `next` (the time that `period` counts
/// from), `r` (its generator's state). A repetition ends with a `reply`, which costs nothing and
/// says when the repetition began; that is how completed repetitions are counted.
final class WorkloadProgram {
    /// A semaphore that nobody posts: where `pause` waits.
    static final String NEVER_POSTED = "pause";

    /// Takes its name's place among the functions: what a spawned thread runs.
    static final String CHILD = "spawned child";

    static final List<String> PARAMETERS = List.of("i", "next", "r");

    /// Longer than any run, short enough to be added to a time.
    private static final long FOREVER_NS = 1L << 60;

    /// As many bytes as one call of the recorded program moves.
    private static final long CALL_BYTES_MAX = 65_536;

    /// Behind the name of a pipe: its end that is written to; the bare name is the other.
    static final String WRITE_END = " write end";

    private final Function<String, String> objects;
    private final String thread;
    private boolean repeats = true;

    /// @param objects finds the program's name of an object, or throws
    WorkloadProgram(String thread, Function<String, String> objects) {
        this.thread = thread;
        this.objects = objects;
    }

    /// The body of the thread's function.
    List<Statement> body(JsonNode program, long startDelayNs) {
        List<JsonNode> operations = new ArrayList<>();
        program.forEach(operations::add);
        if (operations.isEmpty()) {
            throw new ScenarioException("a program must not be empty: thread=" + thread);
        }
        int[] at = {0};
        List<Statement> once = new ArrayList<>();
        once.add(set("began", now()));
        once.addAll(sequence(operations, at, false));
        if (repeats) {
            once.add(ask(Asks.REPLY, var("i"), var("began")));
        }
        List<Statement> body = new ArrayList<>();
        if (startDelayNs > 0) {
            body.add(ask(Asks.SLEEP_UNTIL, num(startDelayNs)));
        }
        body.add(forever(once.toArray(Statement[]::new)));
        return body;
    }

    private List<Statement> sequence(List<JsonNode> operations, int[] at, boolean inLoop) {
        List<Statement> statements = new ArrayList<>();
        while (at[0] < operations.size()) {
            JsonNode operation = operations.get(at[0]++);
            String word = operation.path(0).asString("");
            if (word.equals("endloop")) {
                if (inLoop) {
                    return statements;
                }
                throw new ScenarioException("endloop without a loop: thread=" + thread);
            }
            if (word.equals("loop")) {
                long times = number(operation, 1);
                List<Statement> inside = sequence(operations, at, true);
                statements.add(repeat(num(times), inside.toArray(Statement[]::new)));
            } else {
                translate(word, operation, statements);
            }
        }
        if (inLoop) {
            throw new ScenarioException("loop without an endloop: thread=" + thread);
        }
        return statements;
    }

    private void translate(String word, JsonNode operation, List<Statement> to) {
        switch (word) {
            case "run" -> to.add(compute(num(number(operation, 1))));
            case "run_forever" -> {
                repeats = false;
                to.add(compute(num(FOREVER_NS)));
            }
            case "run_rand" -> to.addAll(List.of(advance(), compute(drawn(operation))));
            case "sleep" -> to.add(ask(Asks.SLEEP, num(number(operation, 1))));
            case "sleep_rand" -> to.addAll(List.of(advance(), ask(Asks.SLEEP, drawn(operation))));
            case "period" -> {
                to.add(set("next", add(var("next"), num(number(operation, 1)))));
                to.add(ask(Asks.SLEEP_UNTIL, var("next")));
            }
            case "yield" -> to.add(ask(Asks.YIELD));
            case "lock", "unlock", "wait", "post" -> to.add(ask(word, object(operation)));
            case "spawn" -> to.add(ask(Asks.SPAWN, function(CHILD), num(number(operation, 1))));
            case "join" -> to.add(ask(Asks.JOIN));
            case "barrier" -> to.add(ask(Asks.BARRIER, object(operation)));
            case "read" -> to.addAll(transfer(Asks.READ, operation, ""));
            case "write" -> to.addAll(transfer(Asks.WRITE, operation, WRITE_END));
            case "pause" -> to.add(ask(Asks.WAIT, var(NEVER_POSTED)));
            default ->
                    throw new ScenarioException(
                            "unknown operation: operation=" + word + " thread=" + thread);
        }
    }

    /// Calls until so many bytes are through the pipe: a read takes what there is.
    private List<Statement> transfer(String call, JsonNode operation, String end) {
        Expr pipe = var(objects.apply(operation.path(1).asString("")) + end);
        long bytes = number(operation, 2);
        Statement moved = when(lt(0, var("moved")), set("left", sub(var("left"), var("moved"))));
        Statement whole = askInto("moved", call, pipe, var("left"));
        Statement part = askInto("moved", call, pipe, num(CALL_BYTES_MAX));
        return List.of(
                set("left", num(bytes)),
                bytes <= CALL_BYTES_MAX
                        ? loopWhile(lt(0, var("left")), whole, moved)
                        : loopWhile(
                                lt(0, var("left")),
                                choose(
                                        lt(CALL_BYTES_MAX, var("left")),
                                        List.of(part),
                                        List.of(whole)),
                                moved));
    }

    private static Statement advance() {
        return set("r", add(var("r"), num(Draws.GOLDEN)));
    }

    private Expr drawn(JsonNode operation) {
        return draw(var("r"), number(operation, 1), number(operation, 2));
    }

    private Expr object(JsonNode operation) {
        return var(objects.apply(operation.path(1).asString("")));
    }

    private long number(JsonNode operation, int index) {
        JsonNode value = operation.path(index);
        if (!value.isIntegralNumber() || value.asLong() < 0) {
            throw new ScenarioException(
                    "an operation needs a number that is not negative: operation=%s position=%d thread=%s"
                            .formatted(operation, index, thread));
        }
        return value.asLong();
    }
}
