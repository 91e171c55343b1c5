package io.iowait.program;

/// The values that are neither number, string, list nor object: `null`, `true`, `false`.
public final class Value implements Formatted {
    public static final Value NULL = new Value("null");
    public static final Value TRUE = new Value("true");
    public static final Value FALSE = new Value("false");

    private final String text;

    private Value(String text) {
        this.text = text;
    }

    public static Value of(boolean truth) {
        return truth ? TRUE : FALSE;
    }

    @Override
    public String format() {
        return text;
    }

    @Override
    public String toString() {
        return text;
    }
}
