package io.iowait.program;

/// An operator with two operands, both always evaluated, left first.
///
/// Arithmetic wraps at 64 bits. `DIV` and `MOD` round down (Python's `//` and `%`); `UMOD` treats
/// both operands as unsigned. A zero divisor raises `ZeroDivisionError`. Booleans count as 1 and 0.
/// `ADD` also joins two strings; comparisons also order two strings; `EQ` and `NE` accept
/// everything (lists by element, other objects by identity). `INDEX` takes a list and a position,
/// -1 is the last.
public enum Op {
    ADD,
    SUB,
    MUL,
    DIV,
    MOD,
    UMOD,
    MIN,
    MAX,
    INDEX,
    LT,
    LE,
    EQ,
    NE,
    GT,
    GE,
    AND,
    OR;

    /// Whether the result is `true` or `false`.
    boolean isTruth() {
        return ordinal() >= LT.ordinal();
    }
}
