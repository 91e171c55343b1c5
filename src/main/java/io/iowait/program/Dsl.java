package io.iowait.program;

import java.util.Arrays;
import java.util.List;

/// Short words for writing programs in Java. An `Object` operand is an [Expr], or a constant as for
/// [Expr#of].
public final class Dsl {
    private Dsl() {}

    public static Expr num(long value) {
        return new Expr.Num(value);
    }

    public static Expr text(String value) {
        return new Expr.Text(value);
    }

    public static Expr nothing() {
        return new Expr.Null();
    }

    public static Expr bool(boolean value) {
        return new Expr.Bool(value);
    }

    public static Expr var(String name) {
        return new Expr.Var(name);
    }

    public static Expr function(String name) {
        return new Expr.FunctionRef(name);
    }

    public static Expr bin(Op op, Object a, Object b) {
        return new Expr.Bin(op, Expr.of(a), Expr.of(b));
    }

    public static Expr add(Object a, Object b) {
        return bin(Op.ADD, a, b);
    }

    public static Expr sub(Object a, Object b) {
        return bin(Op.SUB, a, b);
    }

    public static Expr mul(Object a, Object b) {
        return bin(Op.MUL, a, b);
    }

    public static Expr div(Object a, Object b) {
        return bin(Op.DIV, a, b);
    }

    public static Expr mod(Object a, Object b) {
        return bin(Op.MOD, a, b);
    }

    public static Expr lt(Object a, Object b) {
        return bin(Op.LT, a, b);
    }

    public static Expr le(Object a, Object b) {
        return bin(Op.LE, a, b);
    }

    public static Expr eq(Object a, Object b) {
        return bin(Op.EQ, a, b);
    }

    public static Expr and(Object a, Object b) {
        return bin(Op.AND, a, b);
    }

    public static Expr or(Object a, Object b) {
        return bin(Op.OR, a, b);
    }

    public static Expr index(Object list, Object position) {
        return bin(Op.INDEX, list, position);
    }

    public static Expr not(Object value) {
        return new Expr.Not(Expr.of(value));
    }

    public static Expr len(Object value) {
        return new Expr.Len(Expr.of(value));
    }

    public static Expr list(Object... elements) {
        return new Expr.ListOf(exprs(elements));
    }

    public static Expr fmt(String template) {
        return new Expr.Fmt(template);
    }

    public static Expr now() {
        return new Expr.Now();
    }

    public static Expr mix(Object state) {
        return new Expr.Mix(Expr.of(state));
    }

    /// `lo` to `hi`, both included, from the generator state `r`.
    public static Expr draw(Object r, long lo, long hi) {
        return add(bin(Op.UMOD, mix(r), hi - lo + 1), lo);
    }

    public static Expr asking(String kind, Object... args) {
        return new Expr.AskExpr(kind, exprs(args));
    }

    public static List<Statement> body(Statement... statements) {
        return List.of(statements);
    }

    public static Statement set(String name, Object value) {
        return new Statement.Set(name, Expr.of(value));
    }

    public static Statement append(String name, Object value) {
        return new Statement.Append(name, Expr.of(value));
    }

    public static Statement when(Object condition, Statement... then) {
        return new Statement.If(Expr.of(condition), List.of(then), List.of());
    }

    public static Statement choose(
            Object condition, List<Statement> then, List<Statement> otherwise) {
        return new Statement.If(Expr.of(condition), then, otherwise);
    }

    public static Statement loopWhile(Object condition, Statement... body) {
        return new Statement.While(Expr.of(condition), List.of(body));
    }

    public static Statement forever(Statement... body) {
        return loopWhile(true, body);
    }

    public static Statement repeat(Object times, Statement... body) {
        return new Statement.Repeat(Expr.of(times), "", List.of(body));
    }

    public static Statement repeat(Object times, String var, Statement... body) {
        return new Statement.Repeat(Expr.of(times), var, List.of(body));
    }

    public static Statement forEach(Object in, String var, Statement... body) {
        return new Statement.ForEach(Expr.of(in), var, List.of(body));
    }

    public static Statement leave() {
        return new Statement.Break();
    }

    public static Statement next() {
        return new Statement.Continue();
    }

    public static Statement returns(Object value) {
        return new Statement.Return(Expr.of(value));
    }

    public static Statement returns() {
        return new Statement.Return(nothing());
    }

    public static Statement raise(String error) {
        return new Statement.Raise(error, nothing());
    }

    public static Statement raise(String error, Object message) {
        return new Statement.Raise(error, Expr.of(message));
    }

    public static Statement raiseAgain(String var) {
        return new Statement.RaiseValue(var(var));
    }

    public static Statement attempt(List<Statement> body, Statement.Handler... handlers) {
        return new Statement.Try(body, List.of(handlers), List.of());
    }

    public static Statement attemptFinally(
            List<Statement> body, List<Statement> finallyBody, Statement.Handler... handlers) {
        return new Statement.Try(body, List.of(handlers), finallyBody);
    }

    public static Statement.Handler handler(String match, String as, Statement... body) {
        return new Statement.Handler(List.of(match), as, List.of(body));
    }

    /// Logs a template.
    public static Statement log(String template) {
        return new Statement.Log(fmt(template));
    }

    public static Statement compute(Object ns) {
        return new Statement.Compute(Expr.of(ns));
    }

    public static Statement ask(String kind, Object... args) {
        return new Statement.Ask(kind, exprs(args), "");
    }

    public static Statement askInto(String into, String kind, Object... args) {
        return new Statement.Ask(kind, exprs(args), into);
    }

    public static Statement call(String function, Object... args) {
        return new Statement.Call(function, exprs(args), "");
    }

    public static Statement callInto(String into, String function, Object... args) {
        return new Statement.Call(function, exprs(args), into);
    }

    private static List<Expr> exprs(Object... values) {
        return Arrays.stream(values).map(Expr::of).toList();
    }
}
