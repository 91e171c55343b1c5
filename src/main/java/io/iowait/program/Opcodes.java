package io.iowait.program;

import java.util.Arrays;

/// The instruction set: opcode, then operands, all `int`. The table is in [Interpreter].
///
/// Operand letters: `d` slot written, `s` slot read, `i` immediate, `k` number constant, `o` object
/// constant, `g` global, `t` jump target, `e` template, `m` handler match, `f` function or ask
/// kind, `r` frame size, `d?` slot or -1, `e?` template or -1, `*` argument count and arguments,
/// each a slot or a complemented constant.
final class Opcodes {
    static final int MOVE = 0;
    static final int LOAD_INT = 1;
    static final int LOAD_NUMBER = 2;
    static final int GET_GLOBAL = 3;
    static final int SET_GLOBAL = 4;
    static final int ADD = 5;
    static final int SUB = 6;
    static final int MUL = 7;
    static final int DIV = 8;
    static final int MOD = 9;
    static final int UMOD = 10;
    static final int MIN = 11;
    static final int MAX = 12;
    static final int EQ = 13;
    static final int LT = 14;
    static final int LE = 15;
    static final int MIX = 16;
    static final int NOW = 17;
    static final int ADD_INT = 18;
    static final int NOT = 19;
    static final int AND = 20;
    static final int OR = 21;
    static final int JUMP = 22;
    static final int LOOP = 23;
    static final int JUMP_ZERO = 24;
    static final int JUMP_NONZERO = 25;
    static final int JUMP_EQ = 26;
    static final int JUMP_NE = 27;
    static final int JUMP_LT = 28;
    static final int JUMP_LE = 29;
    static final int JUMP_EQ_INT = 30;
    static final int JUMP_NE_INT = 31;
    static final int JUMP_LT_INT = 32;
    static final int JUMP_LE_INT = 33;
    static final int JUMP_GT_INT = 34;
    static final int JUMP_GE_INT = 35;
    static final int NEXT = 36;
    static final int CALL = 37;
    static final int RETURN = 38;
    static final int RETURN_NULL = 39;
    static final int RAISE = 40;
    static final int COMPUTE = 41;
    static final int ASK = 42;
    static final int LOG = 43;
    static final int TRUTH = 44;
    static final int BOOL = 45;
    static final int NUMBER = 46;
    static final int LOAD_OBJECT = 47;
    static final int LEN = 48;
    static final int INDEX = 49;
    static final int LIST = 50;
    static final int APPEND = 51;
    static final int FORMAT = 52;
    static final int COPY = 53;
    static final int EACH = 54;
    static final int MATCH = 55;
    static final int RERAISE = 56;

    /// Added to MOVE..NOW: the same on slots that hold any value.
    static final int ANY = 60;

    private static final String[] SHAPES = {
        "MOVE d s",
        "LOAD_INT d i",
        "LOAD_NUMBER d k",
        "GET_GLOBAL d g",
        "SET_GLOBAL g s",
        "ADD d s s",
        "SUB d s s",
        "MUL d s s",
        "DIV d s s",
        "MOD d s s",
        "UMOD d s s",
        "MIN d s s",
        "MAX d s s",
        "EQ d s s",
        "LT d s s",
        "LE d s s",
        "MIX d s",
        "NOW d",
        "ADD_INT d s i",
        "NOT d s",
        "AND d s s",
        "OR d s s",
        "JUMP t",
        "LOOP t",
        "JUMP_ZERO s t",
        "JUMP_NONZERO s t",
        "JUMP_EQ s s t",
        "JUMP_NE s s t",
        "JUMP_LT s s t",
        "JUMP_LE s s t",
        "JUMP_EQ_INT s i t",
        "JUMP_NE_INT s i t",
        "JUMP_LT_INT s i t",
        "JUMP_LE_INT s i t",
        "JUMP_GT_INT s i t",
        "JUMP_GE_INT s i t",
        "NEXT s s t",
        "CALL f d? r *",
        "RETURN s",
        "RETURN_NULL",
        "RAISE o e?",
        "COMPUTE s",
        "ASK f d? r *",
        "LOG e",
        "TRUTH d s",
        "BOOL d s",
        "NUMBER d s",
        "LOAD_OBJECT d o",
        "LEN d s",
        "INDEX d s s",
        "LIST d *",
        "APPEND s s",
        "FORMAT d e",
        "COPY d s",
        "EACH s s d t",
        "MATCH s m t",
        "RERAISE s",
    };

    private Opcodes() {}

    static String name(int opcode) {
        return opcode >= ANY
                ? SHAPES[opcode - ANY].split(" ")[0] + "_ANY"
                : SHAPES[opcode].split(" ")[0];
    }

    /// The operand letters of an opcode.
    static String[] operands(int opcode) {
        String[] shape = SHAPES[opcode >= ANY ? opcode - ANY : opcode].split(" ");
        return Arrays.copyOfRange(shape, 1, shape.length);
    }

    /// Number of ints of the instruction at `pc`.
    static int length(int[] instructions, int pc) {
        String[] operands = operands(instructions[pc]);
        boolean arguments = operands.length > 0 && operands[operands.length - 1].equals("*");
        int fixed = 1 + operands.length;
        return arguments ? fixed + instructions[pc + fixed - 1] : fixed;
    }
}
