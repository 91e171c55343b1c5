package io.iowait.program;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Rules for values. A value is a number, held in a `long` with a `null` reference beside it
/// (boxed: a `Long`), or an object: [Value], `String`, `ArrayList<Object>`, [Raised], or whatever a
/// runtime hands in.
public final class Values {
    /// Lists nested deeper than this are shown as `[...]`; a list may contain itself.
    private static final int FORMAT_DEPTH_MAX = 64;

    private Values() {}

    /// The text of a value in templates and results.
    public static String format(Object value) {
        return switch (value) {
            case Long n -> Long.toString(n);
            case String s -> s;
            case List<?> l -> {
                StringBuilder out = new StringBuilder();
                formatList(l, out, 0);
                yield out.toString();
            }
            case Formatted f -> f.format();
            case Integer n -> Integer.toString(n);
            case Boolean b -> Boolean.toString(b);
            default -> "object";
        };
    }

    private static void formatList(List<?> list, StringBuilder out, int depth) {
        if (depth == FORMAT_DEPTH_MAX) {
            out.append("[...]");
            return;
        }
        out.append('[');
        for (int i = 0; i < list.size(); i++) {
            if (i > 0) {
                out.append(',');
            }
            if (list.get(i) instanceof List<?> inner) {
                formatList(inner, out, depth + 1);
            } else {
                out.append(format(list.get(i)));
            }
        }
        out.append(']');
    }

    /// Whether the value makes a condition hold: not 0, `false`, `null`, an empty string or an
    /// empty list.
    public static boolean isTrue(Object value) {
        return switch (value) {
            case Long n -> n != 0;
            case Value v -> v == Value.TRUE;
            case String s -> !s.isEmpty();
            case List<?> l -> !l.isEmpty();
            default -> true;
        };
    }

    /// Equal numbers (booleans count as 1 and 0), equal strings, lists with equal elements, else
    /// the same object.
    public static boolean equal(Object a, Object b) {
        if (a == b) {
            return true;
        }
        if (isNumber(a) && isNumber(b)) {
            return number(a) == number(b);
        }
        if (a instanceof String) {
            return a.equals(b);
        }
        if (a instanceof List<?> la && b instanceof List<?> lb) {
            if (la.size() != lb.size()) {
                return false;
            }
            for (int i = 0; i < la.size(); i++) {
                if (!equal(la.get(i), lb.get(i))) {
                    return false;
                }
            }
            return true;
        }
        return false;
    }

    /// A host value as a value of the language: `null`, `Integer`, `Short`, `Boolean` become
    /// theirs, a list that is no `ArrayList` is copied, others stay (the elements of an `ArrayList`
    /// must be values already).
    public static Object of(@Nullable Object host) {
        return switch (host) {
            case null -> Value.NULL;
            case Boolean b -> Value.of(b);
            case Integer n -> (long) n;
            case Short n -> (long) n;
            case ArrayList<?> l -> l;
            case List<?> l -> list(l.toArray());
            default -> host;
        };
    }

    /// A new list of the language.
    public static ArrayList<Object> list(Object... elements) {
        ArrayList<Object> list = new ArrayList<>(elements.length);
        for (Object element : elements) {
            list.add(of(element));
        }
        return list;
    }

    static Object box(@Nullable Object ref, long number) {
        return ref == null ? (Object) number : ref;
    }

    static boolean isNumber(Object value) {
        return value instanceof Long || value == Value.TRUE || value == Value.FALSE;
    }

    static long number(Object value) {
        if (value instanceof Long n) {
            return n;
        }
        if (value == Value.TRUE) {
            return 1;
        }
        if (value == Value.FALSE) {
            return 0;
        }
        throw ProgramError.type("a number is needed, found " + format(value));
    }
}
