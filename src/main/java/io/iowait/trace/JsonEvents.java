package io.iowait.trace;

import java.io.IOException;
import java.io.Writer;

/// Writes a list of flat JSON objects, a line each; the caller sees to distinct names.
///
/// Only what a Chrome trace needs: strings, whole numbers, microseconds with three decimals, and
/// one inner object, `args`.
final class JsonEvents {
    private static final int FIRST_PRINTABLE = 0x20;

    private final Writer out;
    private final StringBuilder line = new StringBuilder(256);
    private boolean isFirst = true;
    private boolean isFirstField;
    private boolean isInArgs;

    JsonEvents(Writer out) {
        this.out = out;
    }

    JsonEvents open() {
        line.setLength(0);
        line.append(isFirst ? "\n{" : ",\n{");
        isFirst = false;
        isFirstField = true;
        return this;
    }

    JsonEvents text(String name, String value) {
        string(field(name), value);
        return this;
    }

    JsonEvents number(String name, long value) {
        field(name).append(value);
        return this;
    }

    /// Nanoseconds as microseconds, the unit of the format, without losing a digit.
    JsonEvents micros(String name, long ns) {
        StringBuilder text = field(name);
        if (ns < 0) {
            text.append('-');
        }
        text.append(Math.abs(ns / 1000)).append('.');
        long rest = Math.abs(ns % 1000);
        text.append((char) ('0' + rest / 100));
        text.append((char) ('0' + rest / 10 % 10));
        text.append((char) ('0' + rest % 10));
        return this;
    }

    /// What follows goes into the inner object.
    JsonEvents args() {
        field("args").append('{');
        isFirstField = true;
        isInArgs = true;
        return this;
    }

    void close() throws IOException {
        line.append(isInArgs ? "}}" : "}");
        isInArgs = false;
        out.append(line);
    }

    private StringBuilder field(String name) {
        line.append(isFirstField ? "" : ",");
        isFirstField = false;
        string(line, name);
        return line.append(':');
    }

    /// Escapes what JSON demands, and lone surrogates, which no encoding could write.
    private static void string(StringBuilder out, String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < FIRST_PRINTABLE || Character.isSurrogate(c)) {
                out.append("\\u").append("%04x".formatted((int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }
}
