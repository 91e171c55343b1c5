package io.iowait.program;

import io.iowait.engine.SplitMix64;
import org.jspecify.annotations.Nullable;

/// Runs compiled programs; it has no state of its own.
///
/// ## Mental model
///
/// A register machine. An instruction is an opcode and operands in one `int[]`; an operand is a
/// slot of the current frame, counted from `fp`. A slot is a `long`; in code that uses objects an
/// `Object` stands beside it, and `null` there says that the slot is the number. Code that uses
/// numbers only never touches the objects and allocates nothing.
///
/// A strand that pauses stands *on* its instruction (COMPUTE, LOG, ASK); only the next resume
/// completes it. So an exception thrown into it is raised there, inside the `try` blocks around it.
/// CALL and ASK share one layout (target, destination, frame size of the caller, arguments), so a
/// function that returns completes either: that is how a runtime answers an ask by a call.
///
/// An exception looks for the first row of the handler table that covers the pc (rows of inner
/// blocks come first), then for one that covers the caller's CALL or ASK, and so on.
///
/// ## Instructions
///
/// | group | instructions |
/// |---|---|
/// | values | MOVE LOAD_INT LOAD_NUMBER LOAD_OBJECT GET_GLOBAL SET_GLOBAL |
/// | numbers | ADD SUB MUL DIV MOD UMOD MIN MAX ADD_INT MIX NOW |
/// | truths (0/1 in a number slot) | EQ LT LE NOT AND OR TRUTH |
/// | jumps | JUMP, LOOP (backwards), NEXT (count and loop), JUMP_ZERO/NONZERO |
/// | comparing jumps | JUMP_EQ/NE/LT/LE of two slots, JUMP_…_INT of a slot and a number |
/// | functions | CALL RETURN RETURN_NULL |
/// | to the runtime | COMPUTE ASK LOG |
/// | exceptions | RAISE RERAISE MATCH |
/// | objects | BOOL (0/1 to a boolean) NUMBER (checks) LEN INDEX LIST APPEND FORMAT COPY EACH |
/// | `…_ANY` | MOVE … NOW on slots that may hold objects; they check, and clear or copy the object beside the number |
///
/// Source: register machines with shared frames as in Lua 5 (Ierusalimschy et al. 2005); exception
/// table and inlined `finally` as in the Java class file.
public final class Interpreter {
    /// The strand consumes [Strand#computeNs()]; resume it when it has.
    public static final int COMPUTE = 0;

    /// The strand asks for [Strand#askKind()]; answer, throw into it or call, then resume.
    public static final int ASK = 1;

    /// The strand logs [Strand#text()]; resume it.
    public static final int LOG = 2;

    /// The strand has ended with [Strand#resultObject()].
    public static final int DONE = 3;

    /// The strand has ended with the exception [Strand#raised()].
    public static final int RAISED = 4;

    /// The step budget is used up: the program loops without waiting. A resume grants another
    /// budget.
    public static final int BUDGET = 5;

    private Interpreter() {}

    /// Runs the strand until it has to tell its runtime something.
    ///
    /// Allocates nothing in code of numbers, but for log lines and growing frames.
    ///
    /// @return COMPUTE, ASK, LOG, DONE, RAISED or BUDGET
    /// @throws IllegalStateException if the strand is over or waits for an answer
    public static int resume(Code code, Strand s, Globals g, long nowNs) {
        boolean raising = false;
        switch (s.state) {
            case Strand.NEW, BUDGET -> {}
            case COMPUTE, LOG -> s.pc += 2;
            case Strand.ANSWERED -> complete(code, s, s.object, s.number);
            case Strand.THROWN -> raising = true;
            case Strand.THROWN_NEW -> {
                if (!leaveFrame(s)) {
                    return s.state = RAISED;
                }
                raising = true;
            }
            default -> throw new IllegalStateException("strand cannot be resumed: " + s.describe());
        }
        for (; ; ) {
            if (raising && !unwind(code, s)) {
                return s.state = RAISED;
            }
            try {
                return s.state = run(code, s, g, nowNs);
            } catch (ProgramError e) {
                s.object = e.raised;
                raising = true;
            }
        }
    }

    private static int run(Code code, Strand s, Globals g, long nowNs) {
        int[] in = code.instructions;
        long[] globals = g.numbers;
        long[] r = s.slots;
        int fp = s.fp;
        int pc = s.pc;
        long budget = code.stepBudget;
        for (; ; ) {
            switch (in[pc]) {
                case Opcodes.MOVE -> {
                    r[fp + in[pc + 1]] = r[fp + in[pc + 2]];
                    pc += 3;
                }
                case Opcodes.LOAD_INT -> {
                    r[fp + in[pc + 1]] = in[pc + 2];
                    pc += 3;
                }
                case Opcodes.LOAD_NUMBER -> {
                    r[fp + in[pc + 1]] = code.numbers[in[pc + 2]];
                    pc += 3;
                }
                case Opcodes.GET_GLOBAL -> {
                    r[fp + in[pc + 1]] = globals[in[pc + 2]];
                    pc += 3;
                }
                case Opcodes.SET_GLOBAL -> {
                    globals[in[pc + 1]] = r[fp + in[pc + 2]];
                    pc += 3;
                }
                case Opcodes.ADD -> {
                    r[fp + in[pc + 1]] = r[fp + in[pc + 2]] + r[fp + in[pc + 3]];
                    pc += 4;
                }
                case Opcodes.SUB -> {
                    r[fp + in[pc + 1]] = r[fp + in[pc + 2]] - r[fp + in[pc + 3]];
                    pc += 4;
                }
                case Opcodes.MUL -> {
                    r[fp + in[pc + 1]] = r[fp + in[pc + 2]] * r[fp + in[pc + 3]];
                    pc += 4;
                }
                case Opcodes.DIV, Opcodes.MOD, Opcodes.UMOD -> {
                    s.pc = pc;
                    r[fp + in[pc + 1]] = divide(in[pc], r[fp + in[pc + 2]], r[fp + in[pc + 3]]);
                    pc += 4;
                }
                case Opcodes.MIN -> {
                    r[fp + in[pc + 1]] = Math.min(r[fp + in[pc + 2]], r[fp + in[pc + 3]]);
                    pc += 4;
                }
                case Opcodes.MAX -> {
                    r[fp + in[pc + 1]] = Math.max(r[fp + in[pc + 2]], r[fp + in[pc + 3]]);
                    pc += 4;
                }
                case Opcodes.EQ -> {
                    r[fp + in[pc + 1]] = r[fp + in[pc + 2]] == r[fp + in[pc + 3]] ? 1 : 0;
                    pc += 4;
                }
                case Opcodes.LT -> {
                    r[fp + in[pc + 1]] = r[fp + in[pc + 2]] < r[fp + in[pc + 3]] ? 1 : 0;
                    pc += 4;
                }
                case Opcodes.LE -> {
                    r[fp + in[pc + 1]] = r[fp + in[pc + 2]] <= r[fp + in[pc + 3]] ? 1 : 0;
                    pc += 4;
                }
                case Opcodes.MIX -> {
                    r[fp + in[pc + 1]] = SplitMix64.mix(r[fp + in[pc + 2]]);
                    pc += 3;
                }
                case Opcodes.NOW -> {
                    r[fp + in[pc + 1]] = nowNs;
                    pc += 2;
                }
                case Opcodes.ADD_INT -> {
                    r[fp + in[pc + 1]] = r[fp + in[pc + 2]] + in[pc + 3];
                    pc += 4;
                }
                case Opcodes.NOT -> {
                    r[fp + in[pc + 1]] = r[fp + in[pc + 2]] == 0 ? 1 : 0;
                    pc += 3;
                }
                case Opcodes.AND -> {
                    r[fp + in[pc + 1]] = r[fp + in[pc + 2]] & r[fp + in[pc + 3]];
                    pc += 4;
                }
                case Opcodes.OR -> {
                    r[fp + in[pc + 1]] = r[fp + in[pc + 2]] | r[fp + in[pc + 3]];
                    pc += 4;
                }
                case Opcodes.JUMP -> pc = in[pc + 1];
                case Opcodes.LOOP -> {
                    pc = in[pc + 1];
                    if (--budget <= 0) {
                        s.pc = pc;
                        return BUDGET;
                    }
                }
                case Opcodes.JUMP_ZERO -> pc = r[fp + in[pc + 1]] == 0 ? in[pc + 2] : pc + 3;
                case Opcodes.JUMP_NONZERO -> pc = r[fp + in[pc + 1]] != 0 ? in[pc + 2] : pc + 3;
                case Opcodes.JUMP_EQ ->
                        pc = r[fp + in[pc + 1]] == r[fp + in[pc + 2]] ? in[pc + 3] : pc + 4;
                case Opcodes.JUMP_NE ->
                        pc = r[fp + in[pc + 1]] != r[fp + in[pc + 2]] ? in[pc + 3] : pc + 4;
                case Opcodes.JUMP_LT ->
                        pc = r[fp + in[pc + 1]] < r[fp + in[pc + 2]] ? in[pc + 3] : pc + 4;
                case Opcodes.JUMP_LE ->
                        pc = r[fp + in[pc + 1]] <= r[fp + in[pc + 2]] ? in[pc + 3] : pc + 4;
                case Opcodes.JUMP_EQ_INT ->
                        pc = r[fp + in[pc + 1]] == in[pc + 2] ? in[pc + 3] : pc + 4;
                case Opcodes.JUMP_NE_INT ->
                        pc = r[fp + in[pc + 1]] != in[pc + 2] ? in[pc + 3] : pc + 4;
                case Opcodes.JUMP_LT_INT ->
                        pc = r[fp + in[pc + 1]] < in[pc + 2] ? in[pc + 3] : pc + 4;
                case Opcodes.JUMP_LE_INT ->
                        pc = r[fp + in[pc + 1]] <= in[pc + 2] ? in[pc + 3] : pc + 4;
                case Opcodes.JUMP_GT_INT ->
                        pc = r[fp + in[pc + 1]] > in[pc + 2] ? in[pc + 3] : pc + 4;
                case Opcodes.JUMP_GE_INT ->
                        pc = r[fp + in[pc + 1]] >= in[pc + 2] ? in[pc + 3] : pc + 4;
                case Opcodes.NEXT -> {
                    if (++r[fp + in[pc + 1]] < r[fp + in[pc + 2]]) {
                        pc = in[pc + 3];
                        if (--budget <= 0) {
                            s.pc = pc;
                            return BUDGET;
                        }
                    } else {
                        pc += 4;
                    }
                }
                case Opcodes.CALL -> {
                    s.pc = pc;
                    call(code, s);
                    r = s.slots;
                    fp = s.fp;
                    pc = s.pc;
                    if (--budget <= 0) {
                        return BUDGET;
                    }
                }
                case Opcodes.RETURN, Opcodes.RETURN_NULL -> {
                    s.pc = pc;
                    if (returns(code, s)) {
                        return DONE;
                    }
                    fp = s.fp;
                    pc = s.pc;
                }
                case Opcodes.COMPUTE -> {
                    s.pc = pc;
                    s.number = positive(r[fp + in[pc + 1]]);
                    return COMPUTE;
                }
                case Opcodes.ASK -> {
                    s.pc = pc;
                    return ASK;
                }
                case Opcodes.LOG -> {
                    s.pc = pc;
                    s.object = code.templates[in[pc + 1]].format(s, fp, g);
                    return LOG;
                }
                default -> {
                    s.pc = pc;
                    pc = ObjectSteps.step(code, s, g, nowNs);
                }
            }
        }
    }

    /// Pushes the frame of the CALL at `s.pc` and copies the arguments.
    private static void call(Code code, Strand s) {
        int[] in = code.instructions;
        int pc = s.pc;
        int from = s.fp;
        int base = from + in[pc + 3];
        if (base > Strand.SLOTS_MAX) {
            throw ProgramError.of("RecursionError", "calls nested too deep");
        }
        int function = in[pc + 1];
        s.fp = base;
        s.enter(function, Strand.header(pc, from));
        int count = Math.min(in[pc + 4], code.functions[function].paramCount());
        for (int i = 0; i < count; i++) {
            int arg = in[pc + 5 + i];
            int to = base + 1 + i;
            boolean object = arg < 0 && Code.isObjectArgument(arg);
            if (arg >= 0) {
                s.slots[to] = s.slots[from + arg];
            } else if (!object) {
                s.slots[to] = code.numbers[Code.argumentIndex(arg)];
            }
            if (code.usesObjects) {
                s.refs[to] =
                        arg >= 0
                                ? s.refs[from + arg]
                                : object ? code.objects[Code.argumentIndex(arg)] : null;
            }
        }
    }

    /// Executes RETURN or RETURN_NULL at `s.pc`: leaves the frame and completes the CALL or ASK
    /// that made it.
    ///
    /// @return whether it was the last frame
    private static boolean returns(Code code, Strand s) {
        boolean nothing = code.instructions[s.pc] == Opcodes.RETURN_NULL;
        int from = nothing ? 0 : s.fp + code.instructions[s.pc + 1];
        s.number = nothing ? 0 : s.slots[from];
        s.object = nothing ? Value.NULL : code.usesObjects ? s.refs[from] : null;
        if (!leaveFrame(s)) {
            return true;
        }
        complete(code, s, s.object, s.number);
        return false;
    }

    /// Stores the result of the CALL or ASK at `s.pc` and steps behind it.
    private static void complete(Code code, Strand s, @Nullable Object object, long number) {
        int[] in = code.instructions;
        int into = in[s.pc + 2];
        if (into >= 0) {
            s.slots[s.fp + into] = object == Value.TRUE ? 1 : number;
            if (code.usesObjects) {
                s.refs[s.fp + into] = object;
            } else if (object != null && !(object instanceof Value)) {
                throw s.numbersOnly(object);
            }
        }
        s.pc += 5 + in[s.pc + 4];
    }

    /// Pops a frame, so that the strand stands on the CALL or ASK that made it; false if there is
    /// none.
    private static boolean leaveFrame(Strand s) {
        long header = s.slots[s.fp];
        if (header == Strand.ROOT) {
            return false;
        }
        s.pc = Strand.callerPc(header);
        s.fp = Strand.callerFp(header);
        return true;
    }

    /// Goes to the handler of the exception in `s.object`; false if it leaves the first function.
    private static boolean unwind(Code code, Strand s) {
        int[] rows = code.handlers;
        do {
            for (int row = 0; row < rows.length; row += 4) {
                if (s.pc >= rows[row] && s.pc < rows[row + 1]) {
                    s.refs[s.fp + rows[row + 3]] = s.object;
                    s.pc = rows[row + 2];
                    return true;
                }
            }
        } while (leaveFrame(s));
        return false;
    }

    static long divide(int opcode, long a, long b) {
        if (b == 0) {
            throw ProgramError.of("ZeroDivisionError", "division by zero");
        }
        return switch (opcode) {
            case Opcodes.DIV -> Math.floorDiv(a, b);
            case Opcodes.MOD -> Math.floorMod(a, b);
            default -> Long.remainderUnsigned(a, b);
        };
    }

    private static long positive(long ns) {
        if (ns < 0) {
            throw ProgramError.of("ValueError", "negative time to compute");
        }
        return ns;
    }

    /// The name of an outcome, for messages.
    public static String outcomeName(int outcome) {
        return switch (outcome) {
            case COMPUTE -> "COMPUTE";
            case ASK -> "ASK";
            case LOG -> "LOG";
            case DONE -> "DONE";
            case RAISED -> "RAISED";
            case BUDGET -> "BUDGET";
            case Strand.NEW -> "NEW";
            case Strand.ANSWERED -> "ANSWERED";
            case Strand.THROWN -> "THROWN";
            case Strand.THROWN_NEW -> "THROWN_NEW";
            default -> Integer.toString(outcome);
        };
    }
}
