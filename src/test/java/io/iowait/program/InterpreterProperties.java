package io.iowait.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/// Random programs do the same in the interpreter as in the tree-walking [Oracle].
class InterpreterProperties {
    @Property(tries = 1500, shrinking = ShrinkingMode.OFF, seed = "1")
    void programsOfObjectsAgreeWithTheOracle(@ForAll long seed) {
        Program program = new Generator(seed, true).program(false);
        String expected = Oracle.run(program);
        Assume.that(!expected.equals(Oracle.TOO_LONG));
        assertThat(ProgramRun.of(Compiler.compile(program)).text()).isEqualTo(expected);
    }

    @Property(tries = 1500, shrinking = ShrinkingMode.OFF, seed = "1")
    void programsOfNumbersAgreeWithTheOracleAndWithTheirObjectTwin(@ForAll long seed) {
        Program program = new Generator(seed, false).program(false);
        Program twin = new Generator(seed, false).program(true);
        String expected = Oracle.run(program);
        Assume.that(!expected.equals(Oracle.TOO_LONG));
        Code code = Compiler.compile(program);
        assertThat(code.usesObjects()).isFalse();
        assertThat(ProgramRun.of(code).text()).isEqualTo(expected);
        assertThat(ProgramRun.of(Compiler.compile(twin)).text()).isEqualTo(expected);
    }

    @Property(tries = 300, shrinking = ShrinkingMode.OFF, seed = "1")
    void everyListingEndsWhereTheCodeEnds(@ForAll long seed) {
        Code code = Compiler.compile(new Generator(seed, true).program(false));
        int pc = 0;
        while (pc < code.instructions.length) {
            pc += Opcodes.length(code.instructions, pc);
        }
        assertThat(pc).isEqualTo(code.instructions.length);
        assertThat(code.disassemble()).contains("RETURN_NULL");
    }

    /// Draws terminating programs: function `f0` is main, a function calls only later ones, loops
    /// are short.
    private static final class Generator {
        private static final List<String> ERRORS = List.of("A", "B", "CancelledError");
        private final Random random;
        private boolean objects;
        private int function;
        private int loops;
        private int guards;
        private int calls;

        Generator(long seed, boolean objects) {
            random = new Random(seed);
            this.objects = objects;
        }

        Program program(boolean keepsObjects) {
            Program.Builder program =
                    Program.named("random")
                            .main("f0")
                            .notException("CancelledError")
                            .global("g", 3)
                            .object("e", "E");
            if (objects) {
                program.global("l", new Expr.ListOf(List.of(new Expr.Num(1), new Expr.Text("x"))));
            }
            for (function = 0; function < 3; function++) {
                calls = 0;
                List<Statement> body = new ArrayList<>();
                if (!objects || random.nextInt(4) > 0) {
                    for (String local : List.of("a", "b", "i")) {
                        body.add(new Statement.Set(local, new Expr.Num(random.nextInt(3))));
                    }
                }
                body.addAll(block(3));
                body.add(new Statement.Return(expr(2)));
                program.function("f" + function, List.of("a", "b"), body);
            }
            program.function(
                    "sum",
                    List.of("a", "b"),
                    List.of(
                            new Statement.Return(
                                    new Expr.Bin(Op.ADD, new Expr.Var("a"), new Expr.Var("b")))));
            return (keepsObjects ? program.keepsObjects() : program).build();
        }

        private List<Statement> block(int depth) {
            List<Statement> body = new ArrayList<>();
            int count = 1 + random.nextInt(3);
            for (int i = 0; i < count; i++) {
                body.add(depth == 0 || random.nextInt(3) > 0 ? simple() : compound(depth - 1));
            }
            return body;
        }

        private Statement compound(int depth) {
            return switch (random.nextInt(objects ? 8 : 3)) {
                case 0 ->
                        new Statement.If(
                                condition(),
                                block(depth),
                                random.nextBoolean() ? block(depth) : List.of());
                case 1 ->
                        new Statement.Repeat(
                                new Expr.Num(random.nextInt(4)),
                                random.nextBoolean() ? "i" : "",
                                loop(depth));
                case 2 -> guarded(depth);
                case 3 ->
                        new Statement.ForEach(
                                random.nextInt(9) == 0 ? expr(1) : new Expr.Var("l"),
                                "a",
                                loop(depth));
                default -> new Statement.Try(block(depth), handlers(depth), finallyBody(depth));
            };
        }

        private List<Statement> loop(int depth) {
            loops++;
            List<Statement> body = block(depth);
            loops--;
            return body;
        }

        /// A while loop with a counter of its own, so that it ends.
        private Statement guarded(int depth) {
            String guard = "w" + guards++;
            List<Statement> body = new ArrayList<>();
            Expr counter = new Expr.Var(guard);
            body.add(new Statement.Set(guard, new Expr.Bin(Op.ADD, counter, new Expr.Num(1))));
            body.addAll(loop(depth));
            Expr few = new Expr.Bin(Op.LT, counter, new Expr.Num(3));
            return new Statement.If(
                    new Expr.Bool(true),
                    List.of(
                            new Statement.Set(guard, new Expr.Num(0)),
                            new Statement.While(new Expr.Bin(Op.AND, few, condition()), body)),
                    List.of());
        }

        private List<Statement.Handler> handlers(int depth) {
            List<Statement.Handler> handlers = new ArrayList<>();
            while (random.nextInt(3) > 0) {
                String match = pick(List.of("*", "Exception", "A", "B", "TypeError"));
                handlers.add(
                        new Statement.Handler(
                                List.of(match, "IndexError"),
                                random.nextBoolean() ? "e" : "",
                                block(depth)));
            }
            return handlers;
        }

        private List<Statement> finallyBody(int depth) {
            return random.nextBoolean() ? block(depth) : List.of();
        }

        private Statement simple() {
            return switch (random.nextInt(objects ? 13 : 8)) {
                case 0, 1 -> new Statement.Set(pick(List.of("a", "b", "g")), expr(3));
                case 2 ->
                        new Statement.Log(
                                new Expr.Fmt(
                                        "a={a} b={b} g={g} {x y}" + (objects ? "{l}{e}" : "")));
                case 3 -> new Statement.Compute(new Expr.Bin(Op.UMOD, expr(1), new Expr.Num(9)));
                case 4 ->
                        new Statement.Ask(
                                "sum", List.of(expr(1), expr(1)), pick(List.of("a", "g", "")));
                case 5 -> exit();
                case 6 -> call();
                case 7 -> new Statement.Do(expr(2));
                case 8, 12 -> new Statement.Append("l", expr(1));
                case 9 ->
                        new Statement.Raise(
                                pick(ERRORS), random.nextBoolean() ? expr(1) : new Expr.Null());
                case 10 -> new Statement.RaiseValue(new Expr.Var("e"));
                case 11 -> new Statement.Ask("boom", List.of(new Expr.Text(pick(ERRORS))), "b");
                default -> new Statement.Set("e", new Expr.Fmt("<{a}>"));
            };
        }

        private Statement exit() {
            if (loops > 0 && random.nextInt(3) > 0) {
                return random.nextBoolean() ? new Statement.Break() : new Statement.Continue();
            }
            return random.nextInt(4) == 0
                    ? new Statement.Return(expr(1))
                    : new Statement.Log(expr(1));
        }

        private Statement call() {
            if (function == 2 || calls++ > 1) {
                return new Statement.Set("b", expr(2));
            }
            List<Expr> args = new ArrayList<>(List.of(expr(1), expr(1)));
            if (objects && random.nextInt(4) == 0) {
                args.removeLast();
            }
            return new Statement.Call("f" + (function + 1), args, pick(List.of("a", "g", "")));
        }

        private Expr condition() {
            return switch (random.nextInt(6)) {
                case 0 -> new Expr.Not(condition());
                case 1 ->
                        new Expr.Bin(
                                random.nextBoolean() ? Op.AND : Op.OR, condition(), condition());
                case 2 -> expr(2);
                default ->
                        new Expr.Bin(
                                pick(List.of(Op.LT, Op.LE, Op.EQ, Op.NE, Op.GT, Op.GE)),
                                expr(2),
                                expr(1));
            };
        }

        /// In a program of numbers: a number, and a division only by what is not 0.
        private Expr expr(int depth) {
            if (depth == 0 || random.nextInt(4) == 0) {
                return leaf();
            }
            return switch (random.nextInt(objects ? 12 : 6)) {
                case 0, 1, 2 ->
                        new Expr.Bin(
                                pick(List.of(Op.ADD, Op.SUB, Op.MUL, Op.MIN, Op.MAX)),
                                operand(depth),
                                operand(depth));
                case 3 ->
                        new Expr.Bin(
                                pick(List.of(Op.DIV, Op.MOD, Op.UMOD)),
                                operand(depth),
                                new Expr.Num(random.nextInt(20) - 3));
                case 4 -> new Expr.Mix(operand(depth));
                case 5 -> new Expr.AskExpr("echo", List.of(expr(depth - 1)));
                case 6 ->
                        new Expr.Bin(
                                Op.INDEX,
                                new Expr.Var("l"),
                                new Expr.Num(random.nextInt(20) == 0 ? 9 : random.nextInt(4) - 2));
                case 7 -> new Expr.Len(random.nextInt(9) > 0 ? new Expr.Var("l") : expr(depth - 1));
                case 8 -> new Expr.ListOf(List.of(expr(depth - 1), expr(depth - 1)));
                case 9 -> new Expr.Fmt("{a}-{g}");
                default -> condition();
            };
        }

        /// An operand of arithmetic: mostly a number or a truth, also in a program of objects.
        private Expr operand(int depth) {
            boolean all = objects;
            objects = all && random.nextInt(20) == 0;
            Expr operand = random.nextInt(6) == 0 ? condition() : expr(depth - 1);
            objects = all;
            return operand;
        }

        private Expr leaf() {
            return switch (random.nextInt(objects ? 9 : 6)) {
                case 0 -> new Expr.Num(random.nextInt(7) - 3);
                case 1 -> new Expr.Num(random.nextLong());
                case 2 -> new Expr.Var("a");
                case 3 -> new Expr.Var("b");
                case 4 -> new Expr.Var("g");
                case 5 -> new Expr.Now();
                case 6 -> new Expr.Text(pick(List.of("", "x")));
                case 7 -> new Expr.Null();
                default -> new Expr.Bool(random.nextBoolean());
            };
        }

        private <T> T pick(List<T> choices) {
            return choices.get(random.nextInt(choices.size()));
        }
    }
}
