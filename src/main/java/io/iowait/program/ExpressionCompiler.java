package io.iowait.program;

import static io.iowait.program.Opcodes.ANY;

import io.iowait.program.Scope.Label;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Translates the expressions of one function, and says which slots its names and temporaries have.
///
/// Slot 0 is the frame header, then parameters, other locals, temporaries. Temporaries are a stack:
/// each operand releases what it took. An expression goes into a given slot ([#into]), into any
/// slot ([#operand], a local stays where it is), into a 0/1 slot ([#truth]) or into a jump
/// ([#jumpIf]).
final class ExpressionCompiler {
    /// The destination of what is dropped.
    static final int NOWHERE = -1;

    private static final Pattern PLACE = Pattern.compile("\\{([A-Za-z_][A-Za-z0-9_]*)}");
    private static final Object NOT_CONSTANT = new Object();

    private final Compiler compiler;
    private final String function;
    private final IntList out;
    private final Map<String, Integer> locals = new LinkedHashMap<>();
    private final List<Integer> frameSizeFixups = new ArrayList<>();
    private int nextTemp;
    private int slotsMax;

    ExpressionCompiler(Compiler compiler, String function, Iterable<String> locals) {
        this.compiler = compiler;
        this.function = function;
        out = compiler.instructions;
        for (String local : locals) {
            this.locals.put(local, 1 + this.locals.size());
        }
        nextTemp = 1 + this.locals.size();
        slotsMax = nextTemp;
    }

    int frameSize() {
        return slotsMax;
    }

    boolean isLocal(String name) {
        return locals.containsKey(name);
    }

    /// The slot of a local.
    int slotOf(String name) {
        return locals.getOrDefault(name, NOWHERE);
    }

    // Asks and calls

    void ask(String kind, List<Expr> args, String where, int into) {
        int name = compiler.ask(kind, args.size(), function, where);
        if (kind.equals(Asks.SPAWN) && args.stream().anyMatch(Expr.Text.class::isInstance)) {
            compiler.needObjects(); // the spawned function keeps it
        }
        callLike(Opcodes.ASK, name, into, arguments(args, true));
    }

    void callLike(int opcode, int target, int into, List<Integer> args) {
        out.add(opcode, target, into);
        frameSizeFixups.add(out.size());
        out.add(0, args.size());
        args.forEach(out::add);
    }

    /// Arguments as slots or constants; an ask may have constant objects in a program of numbers.
    List<Integer> arguments(List<Expr> args, boolean ask) {
        List<Integer> places = new ArrayList<>();
        for (Expr arg : args) {
            Object constant = constant(arg);
            if (constant instanceof Long n) {
                places.add(Code.numberArgument(compiler.numberConstant(n)));
            } else if (constant != NOT_CONSTANT) {
                if (!ask) {
                    compiler.needObjects();
                }
                places.add(Code.objectArgument(compiler.objectConstant(constant)));
            } else {
                places.add(operand(arg));
            }
        }
        return places;
    }

    // Expressions

    /// The value of an expression that is always the same, numbers as `Long`; else [#NOT_CONSTANT].
    private Object constant(Expr expr) {
        return switch (expr) {
            case Expr.Num e -> e.value();
            case Expr.Text e -> e.value();
            case Expr.Null _ -> Value.NULL;
            case Expr.Bool e -> Value.of(e.value());
            case Expr.Constant e -> Values.of(e.value());
            case Expr.FunctionRef e -> (long) compiler.functionIndex(e.name(), function);
            case Expr.Fmt e when !PLACE.matcher(e.template()).find() -> e.template();
            case Expr.Var e when isObjectName(e.name()) ->
                    Values.of(compiler.program.objects().get(e.name()));
            default -> NOT_CONSTANT;
        };
    }

    /// Refuses unknown names.
    private boolean isObjectName(String name) {
        if (locals.containsKey(name) || compiler.globalNames.contains(name)) {
            return false;
        }
        if (!compiler.program.objects().containsKey(name)) {
            TreeSet<String> known = new TreeSet<>(locals.keySet());
            known.addAll(compiler.globalNames);
            known.addAll(compiler.program.objects().keySet());
            throw compiler.refusal("no such variable or object", "name", name, known, function);
        }
        return true;
    }

    /// The value in some slot: a local's own, else a temporary.
    int operand(Expr expr) {
        if (expr instanceof Expr.Var v && locals.containsKey(v.name())) {
            return locals.get(v.name());
        }
        return into(expr, temp());
    }

    /// As [#operand], for an instruction that takes numbers: a truth need not become an object.
    private int arithmeticOperand(Expr expr) {
        if (!compiler.objects) {
            if (expr instanceof Expr.Bool b) {
                return into(new Expr.Num(b.value() ? 1 : 0), temp());
            }
            if (isTruth(expr)) {
                return truth(expr);
            }
        }
        return operand(expr);
    }

    /// A slot that certainly holds a number.
    int numberOperand(Expr expr) {
        if (!compiler.objects) {
            return arithmeticOperand(expr);
        }
        int slot = temp();
        number(expr, slot);
        return slot;
    }

    void number(Expr expr, int slot) {
        if (compiler.objects) {
            out.add(Opcodes.NUMBER, slot, operand(expr));
        } else {
            int from = arithmeticOperand(expr);
            out.add(Opcodes.MOVE, slot, from);
        }
    }

    int into(Expr expr, int slot) {
        int mark = nextTemp;
        Object constant = constant(expr);
        if (constant instanceof Long n) {
            loadNumber(n, slot);
        } else if (constant != NOT_CONSTANT) {
            compiler.needObjects();
            out.add(Opcodes.LOAD_OBJECT, slot, compiler.objectConstant(constant));
        } else if (isTruth(expr)) {
            compiler.needObjects();
            int truth = truth(expr);
            out.add(Opcodes.BOOL, slot, truth);
        } else {
            intoVariable(expr, slot);
        }
        nextTemp = mark;
        return slot;
    }

    private void intoVariable(Expr expr, int slot) {
        switch (expr) {
            case Expr.Var e -> {
                Integer local = locals.get(e.name());
                if (local != null) {
                    out.add(any(Opcodes.MOVE), slot, local);
                } else {
                    out.add(any(Opcodes.GET_GLOBAL), slot, compiler.globalNames.indexOf(e.name()));
                }
            }
            case Expr.Bin e -> binary(e, slot);
            case Expr.Len e -> {
                compiler.needObjects();
                out.add(Opcodes.LEN, slot, operand(e.value()));
            }
            case Expr.ListOf e -> {
                compiler.needObjects();
                List<Integer> elements = e.elements().stream().map(this::operand).toList();
                out.add(Opcodes.LIST, slot, elements.size());
                elements.forEach(out::add);
            }
            case Expr.Fmt _ -> {
                compiler.needObjects();
                out.add(Opcodes.FORMAT, slot, text(expr));
            }
            case Expr.Now _ -> out.add(any(Opcodes.NOW), slot);
            case Expr.Mix e -> {
                int state = arithmeticOperand(e.state());
                out.add(any(Opcodes.MIX), slot, state);
            }
            case Expr.AskExpr e -> ask(e.kind(), e.args(), e.where(), slot);
            case Expr.Num _,
                    Expr.Text _,
                    Expr.Null _,
                    Expr.Bool _,
                    Expr.Constant _,
                    Expr.FunctionRef _,
                    Expr.Not _ ->
                    throw new IllegalStateException("not a variable expression: " + expr);
        }
    }

    private void binary(Expr.Bin bin, int slot) {
        if (bin.op() == Op.INDEX) {
            compiler.needObjects();
            int list = operand(bin.a());
            out.add(Opcodes.INDEX, slot, list, operand(bin.b()));
            return;
        }
        int a = arithmeticOperand(bin.a());
        if (!compiler.objects && bin.op() == Op.ADD && smallConstant(bin.b())) {
            out.add(Opcodes.ADD_INT, slot, a, (int) constantNumber(bin.b()));
            return;
        }
        if (!compiler.objects && bin.op() == Op.SUB && smallConstant(bin.b())) {
            out.add(Opcodes.ADD_INT, slot, a, (int) -constantNumber(bin.b()));
            return;
        }
        int b = arithmeticOperand(bin.b());
        out.add(any(Opcodes.ADD + bin.op().ordinal()), slot, a, b);
    }

    private boolean smallConstant(Expr expr) {
        return constant(expr) instanceof Long n && n > Integer.MIN_VALUE && n <= Integer.MAX_VALUE;
    }

    private long constantNumber(Expr expr) {
        return (Long) constant(expr);
    }

    void loadNumber(long n, int slot) {
        if (n == (int) n) {
            out.add(any(Opcodes.LOAD_INT), slot, (int) n);
        } else {
            out.add(any(Opcodes.LOAD_NUMBER), slot, compiler.numberConstant(n));
        }
    }

    // Truths

    /// Whether the value is always `true` or `false`, but no constant.
    private static boolean isTruth(Expr expr) {
        return expr instanceof Expr.Not || expr instanceof Expr.Bin bin && bin.op().isTruth();
    }

    /// The truth of a value in a temporary, as the number 0 or 1. The object beside it means
    /// nothing.
    private int truth(Expr expr) {
        int slot = temp();
        int mark = nextTemp;
        switch (expr) {
            case Expr.Not e -> {
                int value = truth(e.value());
                out.add(Opcodes.NOT, slot, value);
            }
            case Expr.Bin e when e.op() == Op.AND || e.op() == Op.OR -> {
                int a = truth(e.a());
                int b = truth(e.b());
                out.add(e.op() == Op.AND ? Opcodes.AND : Opcodes.OR, slot, a, b);
            }
            case Expr.Bin e when e.op().isTruth() -> compare(e, slot);
            default -> truthOfValue(expr, slot);
        }
        nextTemp = mark;
        return slot;
    }

    private void truthOfValue(Expr expr, int slot) {
        Object constant = constant(expr);
        if (constant != NOT_CONSTANT) {
            out.add(Opcodes.LOAD_INT, slot, Values.isTrue(constant) ? 1 : 0);
        } else if (compiler.objects) {
            out.add(Opcodes.TRUTH, slot, operand(expr));
        } else {
            int value = operand(expr);
            out.add(Opcodes.NOT, slot, value);
            out.add(Opcodes.NOT, slot, slot);
        }
    }

    private void compare(Expr.Bin e, int slot) {
        int a = arithmeticOperand(e.a());
        int b = arithmeticOperand(e.b());
        switch (e.op()) {
            case LT -> out.add(any(Opcodes.LT), slot, a, b);
            case LE -> out.add(any(Opcodes.LE), slot, a, b);
            case GT -> out.add(any(Opcodes.LT), slot, b, a);
            case GE -> out.add(any(Opcodes.LE), slot, b, a);
            case EQ -> out.add(any(Opcodes.EQ), slot, a, b);
            default -> {
                out.add(any(Opcodes.EQ), slot, a, b);
                out.add(Opcodes.NOT, slot, slot);
            }
        }
    }

    /// Jumps when the truth of the expression is `when`, else goes on.
    void jumpIf(Expr expr, boolean when, Label target) {
        int mark = nextTemp;
        Object constant = constant(expr);
        if (constant != NOT_CONSTANT) {
            if (Values.isTrue(constant) == when) {
                jump(Opcodes.JUMP, target);
            }
        } else if (expr instanceof Expr.Not e) {
            jumpIf(e.value(), !when, target);
        } else if (!compiler.objects && expr instanceof Expr.Bin e && isComparison(e.op())) {
            compareAndJump(when ? e.op() : inverse(e.op()), e.a(), e.b(), target);
        } else {
            int slot = isTruth(expr) || compiler.objects ? truth(expr) : operand(expr);
            out.add(when ? Opcodes.JUMP_NONZERO : Opcodes.JUMP_ZERO, slot);
            target.addTo(out);
        }
        nextTemp = mark;
    }

    /// In a program of numbers: one instruction, with the constant inside when it is small.
    private void compareAndJump(Op op, Expr left, Expr right, Label target) {
        int a = arithmeticOperand(left);
        if (smallConstant(right)) {
            int opcode =
                    switch (op) {
                        case LT -> Opcodes.JUMP_LT_INT;
                        case LE -> Opcodes.JUMP_LE_INT;
                        case GT -> Opcodes.JUMP_GT_INT;
                        case GE -> Opcodes.JUMP_GE_INT;
                        case EQ -> Opcodes.JUMP_EQ_INT;
                        default -> Opcodes.JUMP_NE_INT;
                    };
            out.add(opcode, a, (int) constantNumber(right));
        } else {
            int b = arithmeticOperand(right);
            switch (op) {
                case LT -> out.add(Opcodes.JUMP_LT, a, b);
                case LE -> out.add(Opcodes.JUMP_LE, a, b);
                case GT -> out.add(Opcodes.JUMP_LT, b, a);
                case GE -> out.add(Opcodes.JUMP_LE, b, a);
                case EQ -> out.add(Opcodes.JUMP_EQ, a, b);
                default -> out.add(Opcodes.JUMP_NE, a, b);
            }
        }
        target.addTo(out);
    }

    private static boolean isComparison(Op op) {
        return op.isTruth() && op != Op.AND && op != Op.OR;
    }

    private static Op inverse(Op op) {
        return switch (op) {
            case LT -> Op.GE;
            case LE -> Op.GT;
            case GT -> Op.LE;
            case GE -> Op.LT;
            case EQ -> Op.NE;
            case NE -> Op.EQ;
            default -> throw new IllegalStateException("not a comparison: op=" + op);
        };
    }

    // Texts

    /// The template for a text, with the values it needs in slots.
    int text(Expr expr) {
        Object constant = constant(expr);
        if (constant != NOT_CONSTANT) {
            return compiler.template(
                    new Template(new String[] {Values.format(constant)}, new int[0], new int[0]));
        }
        if (expr instanceof Expr.Fmt fmt) {
            return template(fmt.template());
        }
        return compiler.template(
                new Template(
                        new String[] {"", ""},
                        new int[] {Template.SLOT},
                        new int[] {operand(expr)}));
    }

    private int template(String pattern) {
        List<String> literals = new ArrayList<>();
        IntList kinds = new IntList();
        IntList places = new IntList();
        StringBuilder literal = new StringBuilder();
        Matcher place = PLACE.matcher(pattern);
        int end = 0;
        while (place.find()) {
            literal.append(pattern, end, place.start());
            end = place.end();
            String name = place.group(1);
            Object constant = constant(new Expr.Var(name));
            if (constant != NOT_CONSTANT) {
                literal.append(Values.format(constant));
                continue;
            }
            Integer local = locals.get(name);
            kinds.add(local != null ? Template.SLOT : Template.GLOBAL);
            places.add(local != null ? local : compiler.globalNames.indexOf(name));
            literals.add(literal.toString());
            literal.setLength(0);
        }
        literals.add(literal.append(pattern.substring(end)).toString());
        return compiler.template(
                new Template(literals.toArray(String[]::new), kinds.toArray(), places.toArray()));
    }

    // Slots and instructions

    /// Where the temporaries end; [#releaseTo] gives back what was taken since.
    int mark() {
        return nextTemp;
    }

    void releaseTo(int mark) {
        nextTemp = mark;
    }

    void fixFrameSizes() {
        for (int at : frameSizeFixups) {
            out.set(at, slotsMax);
        }
    }

    int temp() {
        int slot = nextTemp++;
        slotsMax = Math.max(slotsMax, nextTemp);
        return slot;
    }

    int any(int opcode) {
        return compiler.objects ? opcode + ANY : opcode;
    }

    void jump(int opcode, Label target) {
        out.add(opcode);
        target.addTo(out);
    }
}
