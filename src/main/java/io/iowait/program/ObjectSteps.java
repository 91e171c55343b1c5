package io.iowait.program;

import io.iowait.engine.SplitMix64;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The instructions of code that uses objects: one step of [Interpreter]'s loop for every opcode it
/// does not know.
///
/// A number costs no allocation here either; only lists, texts and boxed elements of lists do.
final class ObjectSteps {
    private ObjectSteps() {}

    /// Executes the instruction at `s.pc` and gives the next pc.
    static int step(Code code, Strand s, Globals g, long nowNs) {
        int[] in = code.instructions;
        int pc = s.pc;
        return switch (in[pc]) {
            case Opcodes.EACH -> each(s, in, pc);
            case Opcodes.MATCH -> matches(code, s, in, pc) ? pc + 4 : in[pc + 3];
            case Opcodes.RAISE -> {
                int template = in[pc + 2];
                String message = template < 0 ? "" : code.templates[template].format(s, s.fp, g);
                throw new ProgramError(
                        Raised.byProgram((String) code.objects[in[pc + 1]], message));
            }
            case Opcodes.RERAISE -> {
                if (s.refs[s.fp + in[pc + 1]] instanceof Raised raised) {
                    throw new ProgramError(raised);
                }
                throw ProgramError.type("only an exception can be raised");
            }
            case Opcodes.LIST -> list(code, s, in, pc);
            default -> straight(code, s, g, nowNs, in, pc);
        };
    }

    /// The instructions that do not jump.
    private static int straight(Code code, Strand s, Globals g, long nowNs, int[] in, int pc) {
        int fp = s.fp;
        int a = pc + 2 < in.length ? fp + in[pc + 2] : 0;
        int d = fp + in[pc + 1];
        switch (in[pc]) {
            case Opcodes.MOVE + Opcodes.ANY -> set(s, d, s.refs[a], s.slots[a]);
            case Opcodes.LOAD_INT + Opcodes.ANY -> set(s, d, null, in[pc + 2]);
            case Opcodes.LOAD_NUMBER + Opcodes.ANY -> set(s, d, null, code.numbers[in[pc + 2]]);
            case Opcodes.LOAD_OBJECT -> set(s, d, code.objects[in[pc + 2]], 0);
            case Opcodes.GET_GLOBAL + Opcodes.ANY ->
                    set(s, d, g.refs[in[pc + 2]], g.numbers[in[pc + 2]]);
            case Opcodes.SET_GLOBAL + Opcodes.ANY -> {
                g.refs[in[pc + 1]] = s.refs[a];
                g.numbers[in[pc + 1]] = s.slots[a];
            }
            case Opcodes.MIX + Opcodes.ANY -> set(s, d, null, SplitMix64.mix(number(s, a)));
            case Opcodes.NOW + Opcodes.ANY -> {
                set(s, d, null, nowNs);
                return pc + 2;
            }
            case Opcodes.TRUTH -> s.slots[d] = isTrue(s, a) ? 1 : 0;
            case Opcodes.BOOL -> set(s, d, Value.of(s.slots[a] != 0), 0);
            case Opcodes.NUMBER -> set(s, d, null, number(s, a));
            case Opcodes.LEN -> set(s, d, null, length(s.refs[a]));
            case Opcodes.APPEND -> listAt(s, d).add(Values.box(s.refs[a], s.slots[a]));
            case Opcodes.FORMAT -> set(s, d, code.templates[in[pc + 2]].format(s, fp, g), 0);
            case Opcodes.COPY -> set(s, d, new ArrayList<>(listAt(s, a)), 0);
            default -> {
                binary(s, in[pc], d, a, fp + in[pc + 3]);
                return pc + 4;
            }
        }
        return pc + 3;
    }

    private static void binary(Strand s, int opcode, int d, int a, int b) {
        switch (opcode) {
            case Opcodes.EQ + Opcodes.ANY -> s.slots[d] = equal(s, a, b) ? 1 : 0;
            case Opcodes.LT + Opcodes.ANY -> s.slots[d] = compare(s, a, b) < 0 ? 1 : 0;
            case Opcodes.LE + Opcodes.ANY -> s.slots[d] = compare(s, a, b) <= 0 ? 1 : 0;
            case Opcodes.INDEX -> index(s, d, a, b);
            case Opcodes.ADD + Opcodes.ANY -> {
                if (s.refs[a] instanceof String left && s.refs[b] instanceof String right) {
                    set(s, d, left + right, 0);
                } else {
                    set(s, d, null, number(s, a) + number(s, b));
                }
            }
            default ->
                    set(s, d, null, arithmetic(opcode - Opcodes.ANY, number(s, a), number(s, b)));
        }
    }

    private static long arithmetic(int opcode, long a, long b) {
        return switch (opcode) {
            case Opcodes.SUB -> a - b;
            case Opcodes.MUL -> a * b;
            case Opcodes.MIN -> Math.min(a, b);
            case Opcodes.MAX -> Math.max(a, b);
            case Opcodes.DIV, Opcodes.MOD, Opcodes.UMOD -> Interpreter.divide(opcode, a, b);
            default -> throw new IllegalStateException("unknown instruction: opcode=" + opcode);
        };
    }

    private static boolean equal(Strand s, int a, int b) {
        Object left = s.refs[a];
        Object right = s.refs[b];
        if (left == null && right == null) {
            return s.slots[a] == s.slots[b];
        }
        return Values.equal(Values.box(left, s.slots[a]), Values.box(right, s.slots[b]));
    }

    private static int compare(Strand s, int a, int b) {
        if (s.refs[a] instanceof String left && s.refs[b] instanceof String right) {
            return left.compareTo(right);
        }
        return Long.compare(number(s, a), number(s, b));
    }

    private static boolean isTrue(Strand s, int slot) {
        Object ref = s.refs[slot];
        return ref == null ? s.slots[slot] != 0 : Values.isTrue(ref);
    }

    private static long length(@Nullable Object ref) {
        return switch (ref) {
            case List<?> l -> l.size();
            case String text -> text.length();
            case null, default -> throw ProgramError.type("only lists and strings have a length");
        };
    }

    private static void index(Strand s, int d, int a, int b) {
        ArrayList<Object> list = listAt(s, a);
        long index = number(s, b);
        long position = index < 0 ? index + list.size() : index;
        if (position < 0 || position >= list.size()) {
            throw ProgramError.of("IndexError", "index " + index + " of a list of " + list.size());
        }
        put(s, d, list.get((int) position));
    }

    private static int list(Code code, Strand s, int[] in, int pc) {
        int count = in[pc + 2];
        ArrayList<Object> list = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int slot = s.fp + in[pc + 3 + i];
            list.add(Values.box(s.refs[slot], s.slots[slot]));
        }
        set(s, s.fp + in[pc + 1], list, 0);
        return pc + 3 + count;
    }

    /// EACH list index var exit: the next element into `var`, or on to `exit`.
    private static int each(Strand s, int[] in, int pc) {
        ArrayList<Object> list = listAt(s, s.fp + in[pc + 1]);
        int index = (int) s.slots[s.fp + in[pc + 2]]++;
        if (index >= list.size()) {
            return in[pc + 4];
        }
        put(s, s.fp + in[pc + 3], list.get(index));
        return pc + 5;
    }

    private static boolean matches(Code code, Strand s, int[] in, int pc) {
        Code.Match match = (Code.Match) code.objects[in[pc + 2]];
        return match.everything()
                || s.refs[s.fp + in[pc + 1]] instanceof Raised r && match.catches(r.className());
    }

    @SuppressWarnings("unchecked")
    private static ArrayList<Object> listAt(Strand s, int slot) {
        if (s.refs[slot] instanceof ArrayList<?> list) {
            return (ArrayList<Object>) list;
        }
        throw ProgramError.type(
                "a list is needed, found "
                        + Values.format(Values.box(s.refs[slot], s.slots[slot])));
    }

    private static long number(Strand s, int slot) {
        Object ref = s.refs[slot];
        return ref == null ? s.slots[slot] : Values.number(ref);
    }

    private static void put(Strand s, int slot, Object value) {
        if (value instanceof Long n) {
            set(s, slot, null, n);
        } else {
            set(s, slot, value, 0);
        }
    }

    private static void set(Strand s, int slot, @Nullable Object ref, long number) {
        s.refs[slot] = ref;
        s.slots[slot] = number;
    }
}
