package io.iowait.trace;

import io.iowait.tracepoint.Facts;
import java.util.Map;

/// Facts as text: a line `key=value` each, in order.
///
/// A backslash escapes: `\\`, `\n`, `\r`, and `\e` for `=` in a key.
final class FactsText {
    private FactsText() {}

    static String write(Facts facts) {
        StringBuilder text = new StringBuilder();
        for (Map.Entry<String, String> line : facts.lines().entrySet()) {
            text.append(escape(line.getKey()).replace("=", "\\e")).append('=');
            text.append(escape(line.getValue())).append('\n');
        }
        return text.toString();
    }

    static Facts read(String text) {
        Facts.Builder facts = Facts.builder();
        text.lines().forEach(line -> readLine(line, facts));
        return facts.build();
    }

    private static void readLine(String line, Facts.Builder facts) {
        int equals = line.indexOf('=');
        if (equals < 0) {
            throw new TraceException("a fact without '=': " + line);
        }
        facts.put(unescape(line.substring(0, equals)), unescape(line.substring(equals + 1)));
    }

    private static String escape(String s) {
        return s.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
    }

    private static String unescape(String s) {
        if (s.indexOf('\\') < 0) {
            return s;
        }
        StringBuilder plain = new StringBuilder(s.length());
        for (int i = 0; i < s.length(); i++) {
            char c = s.charAt(i);
            plain.append(c == '\\' && i + 1 < s.length() ? unescape(s.charAt(++i)) : c);
        }
        return plain.toString();
    }

    private static char unescape(char c) {
        return switch (c) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 'e' -> '=';
            default -> c;
        };
    }
}
