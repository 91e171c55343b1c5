package io.iowait.program;

import io.iowait.program.Scope.Label;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Translates one function: statements to instructions, ways out through `finally` to copies of its
/// body.
///
/// Each statement releases the temporaries it took. Values, slots and names are
/// [ExpressionCompiler]'s.
final class FunctionCompiler {
    private static final int NOWHERE = ExpressionCompiler.NOWHERE;

    private final Compiler compiler;
    private final Function function;
    private final IntList out;
    private final ExpressionCompiler values;
    private final int localCount;
    private List<Scope> scopes = new ArrayList<>();

    FunctionCompiler(Compiler compiler, Function function) {
        this.compiler = compiler;
        this.function = function;
        out = compiler.instructions;
        Set<String> locals = new LinkedHashSet<>(function.params());
        for (String name : Names.assigned(function.body())) {
            if (!compiler.globalNames.contains(name)) {
                locals.add(name);
            }
        }
        localCount = locals.size();
        values = new ExpressionCompiler(compiler, function.name(), locals);
    }

    Code.FunctionCode translate() {
        int entry = out.size();
        block(function.body());
        out.add(Opcodes.RETURN_NULL);
        values.fixFrameSizes();
        return new Code.FunctionCode(
                function.name(),
                entry,
                out.size(),
                function.params().size(),
                localCount,
                values.frameSize());
    }

    // Statements

    private void block(List<Statement> statements) {
        for (Statement statement : statements) {
            int mark = values.mark();
            statement(statement);
            values.releaseTo(mark);
        }
    }

    private void statement(Statement statement) {
        switch (statement) {
            case Statement.Set s -> assign(s.name(), s.value());
            case Statement.Append s -> append(s);
            case Statement.If s -> branch(s);
            case Statement.While s -> loopWhile(s);
            case Statement.Repeat s -> repeat(s);
            case Statement.ForEach s -> forEach(s);
            case Statement.Break _ -> leaveLoop("break");
            case Statement.Continue _ -> leaveLoop("continue");
            case Statement.Return s -> returns(s.value());
            case Statement.Raise s -> raise(s);
            case Statement.RaiseValue s -> {
                compiler.needObjects();
                out.add(Opcodes.RERAISE, values.operand(s.exception()));
            }
            case Statement.Try s -> attempt(s);
            case Statement.Log s -> out.add(Opcodes.LOG, values.text(s.text()));
            case Statement.Compute s -> out.add(Opcodes.COMPUTE, values.numberOperand(s.ns()));
            case Statement.Ask s -> {
                int into = destination(s.into());
                values.ask(s.kind(), s.args(), s.where(), into);
                store(s.into(), into);
            }
            case Statement.Call s -> call(s);
            case Statement.Do s -> {
                if (s.value() instanceof Expr.AskExpr a) {
                    values.ask(a.kind(), a.args(), a.where(), NOWHERE);
                } else {
                    values.operand(s.value());
                }
            }
        }
    }

    private void assign(String name, Expr value) {
        int into = destination(name);
        values.into(value, into);
        store(name, into);
    }

    /// Where a value for `name` is to be made: its own slot, a temporary for a global, nowhere for
    /// "".
    private int destination(String name) {
        if (name.isEmpty()) {
            return NOWHERE;
        }
        return values.isLocal(name) ? values.slotOf(name) : values.temp();
    }

    /// Brings the value from [#destination] to a global; for a local it is there already.
    private void store(String name, int from) {
        if (!name.isEmpty() && !values.isLocal(name)) {
            out.add(values.any(Opcodes.SET_GLOBAL), compiler.globalNames.indexOf(name), from);
        }
    }

    private void append(Statement.Append append) {
        compiler.needObjects();
        int list = values.operand(new Expr.Var(append.name()));
        out.add(Opcodes.APPEND, list, values.operand(append.value()));
    }

    private void branch(Statement.If branch) {
        Label otherwise = new Label();
        Label end = new Label();
        values.jumpIf(branch.condition(), false, otherwise);
        block(branch.then());
        if (!branch.otherwise().isEmpty()) {
            values.jump(Opcodes.JUMP, end);
        }
        otherwise.here(out);
        block(branch.otherwise());
        end.here(out);
    }

    private void loopWhile(Statement.While loop) {
        Label top = new Label();
        Label end = new Label();
        top.here(out);
        int mark = values.mark();
        values.jumpIf(loop.condition(), false, end);
        values.releaseTo(mark);
        loopBody(loop.body(), end, top);
        values.jump(Opcodes.LOOP, top);
        end.here(out);
    }

    private void repeat(Statement.Repeat repeat) {
        Label top = new Label();
        Label next = new Label();
        Label end = new Label();
        int limit = values.temp();
        int counter = values.temp();
        values.number(repeat.times(), limit);
        values.loadNumber(0, counter);
        out.add(Opcodes.JUMP_LE, limit, counter);
        end.addTo(out);
        top.here(out);
        if (!repeat.var().isEmpty()) {
            setFrom(repeat.var(), counter);
        }
        loopBody(repeat.body(), end, next);
        next.here(out);
        out.add(Opcodes.NEXT, counter, limit);
        top.addTo(out);
        end.here(out);
    }

    private void forEach(Statement.ForEach each) {
        compiler.needObjects();
        Label top = new Label();
        Label end = new Label();
        int list = values.temp();
        int index = values.temp();
        int element = values.temp();
        out.add(Opcodes.COPY, list, values.operand(each.in()));
        values.loadNumber(0, index);
        top.here(out);
        out.add(Opcodes.EACH, list, index, element);
        end.addTo(out);
        if (!each.var().isEmpty()) {
            setFrom(each.var(), element);
        }
        loopBody(each.body(), end, top);
        values.jump(Opcodes.LOOP, top);
        end.here(out);
    }

    private void setFrom(String name, int slot) {
        if (values.isLocal(name)) {
            out.add(values.any(Opcodes.MOVE), values.slotOf(name), slot);
        } else {
            store(name, slot);
        }
    }

    private void loopBody(List<Statement> body, Label breakTo, Label continueTo) {
        scopes.add(new Scope.Loop(breakTo, continueTo));
        block(body);
        scopes.removeLast();
    }

    private void leaveLoop(String word) {
        for (int depth = scopes.size() - 1; depth >= 0; depth--) {
            if (scopes.get(depth) instanceof Scope.Loop loop) {
                List<Scope> left = leaveScopes(depth);
                values.jump(
                        Opcodes.JUMP, word.equals("break") ? loop.breakTo() : loop.continueTo());
                resumeScopes(left, depth);
                return;
            }
        }
        throw new IllegalArgumentException(
                word
                        + " outside of a loop: program="
                        + compiler.program.name()
                        + " function="
                        + function.name());
    }

    private void returns(Expr value) {
        boolean nothing = value instanceof Expr.Null;
        boolean insideTry = scopes.stream().anyMatch(Scope.Protected.class::isInstance);
        int result = NOWHERE;
        if (!nothing) {
            result = insideTry ? values.into(value, values.temp()) : values.operand(value);
        }
        List<Scope> left = leaveScopes(0);
        if (nothing) {
            out.add(Opcodes.RETURN_NULL);
        } else {
            out.add(Opcodes.RETURN, result);
        }
        resumeScopes(left, 0);
    }

    /// Translates the `finally` bodies between here and the scope at `depth`, the inner ones first.
    /// Each copy lies outside of what it leaves. The caller emits the jump, then calls
    /// [#resumeScopes].
    private List<Scope> leaveScopes(int depth) {
        List<Scope> left = scopes;
        for (int i = left.size() - 1; i >= depth; i--) {
            if (left.get(i) instanceof Scope.Protected scope) {
                scope.close(out.size());
                if (!scope.finallyBody.isEmpty()) {
                    scopes = new ArrayList<>(left.subList(0, i));
                    block(scope.finallyBody);
                }
            }
        }
        return left;
    }

    private void resumeScopes(List<Scope> left, int depth) {
        scopes = left;
        for (int i = depth; i < left.size(); i++) {
            if (left.get(i) instanceof Scope.Protected scope) {
                scope.open(out.size());
            }
        }
    }

    private void raise(Statement.Raise raise) {
        int message = raise.message() instanceof Expr.Null ? NOWHERE : values.text(raise.message());
        out.add(Opcodes.RAISE, compiler.objectConstant(raise.error()), message);
    }

    private void attempt(Statement.Try attempt) {
        if (attempt.finallyBody().isEmpty()) {
            attemptCatch(attempt);
            return;
        }
        compiler.needObjects();
        Label end = new Label();
        Scope.Protected scope = new Scope.Protected(attempt.finallyBody(), out.size());
        scopes.add(scope);
        attemptCatch(attempt);
        scopes.removeLast();
        scope.close(out.size());
        block(attempt.finallyBody());
        values.jump(Opcodes.JUMP, end);
        int exception = values.temp();
        handlerHere(scope, exception);
        block(attempt.finallyBody());
        out.add(Opcodes.RERAISE, exception);
        end.here(out);
    }

    private void attemptCatch(Statement.Try attempt) {
        if (attempt.handlers().isEmpty()) {
            block(attempt.body());
            return;
        }
        compiler.needObjects();
        Label end = new Label();
        Scope.Protected scope = new Scope.Protected(List.of(), out.size());
        scopes.add(scope);
        block(attempt.body());
        scopes.removeLast();
        scope.close(out.size());
        values.jump(Opcodes.JUMP, end);
        int exception = values.temp();
        handlerHere(scope, exception);
        for (Statement.Handler handler : attempt.handlers()) {
            Label next = new Label();
            out.add(Opcodes.MATCH, exception, compiler.objectConstant(match(handler)));
            next.addTo(out);
            if (!handler.as().isEmpty()) {
                setFrom(handler.as(), exception);
            }
            block(handler.body());
            values.jump(Opcodes.JUMP, end);
            next.here(out);
        }
        out.add(Opcodes.RERAISE, exception);
        end.here(out);
    }

    private void handlerHere(Scope.Protected scope, int exception) {
        for (int[] range : scope.ranges()) {
            compiler.handlers.add(range[0], range[1], out.size(), exception);
        }
    }

    private Code.Match match(Statement.Handler handler) {
        List<String> names = handler.match();
        return new Code.Match(
                names,
                names.contains("*"),
                names.contains("Exception"),
                compiler.program.notException());
    }

    private void call(Statement.Call call) {
        int target = compiler.functionIndex(call.function(), function.name());
        int into = destination(call.into());
        if (call.args().size() < compiler.program.functions().get(target).params().size()) {
            compiler.needObjects();
        }
        List<Integer> args = values.arguments(call.args(), false);
        values.callLike(Opcodes.CALL, target, into, args);
        store(call.into(), into);
    }
}
