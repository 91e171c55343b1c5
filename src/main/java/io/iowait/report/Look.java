package io.iowait.report;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/// How a report may look: whether it may use colours, and whether it may leave ASCII.
public record Look(boolean colour, boolean unicode) {
    private static final String RESET = "\u001b[0m";

    /// Meanings that have a colour on a terminal.
    public enum Tone {
        GOOD("\u001b[32m"),
        BAD("\u001b[31m"),
        FAINT("\u001b[2m"),
        STRONG("\u001b[1m");

        private final String code;

        Tone(String code) {
            this.code = code;
        }
    }

    /// No colours; characters beyond ASCII.
    public static Look plain() {
        return new Look(false, true);
    }

    /// No colours, nothing but ASCII.
    public static Look ascii() {
        return new Look(false, false);
    }

    /// What standard output of this process can show: colours on a terminal that is not dumb,
    /// unless `NO_COLOR` is set; characters beyond ASCII where the encoding has them.
    public static Look ofStandardOutput() {
        var console = System.console();
        boolean terminal = console != null && console.isTerminal();
        boolean wanted = System.getenv("NO_COLOR") == null && !"dumb".equals(System.getenv("TERM"));
        Charset encoding = System.out.charset();
        return new Look(terminal && wanted, encoding.equals(StandardCharsets.UTF_8));
    }

    public String paint(Tone tone, String text) {
        return colour && !text.isEmpty() ? tone.code + text + RESET : text;
    }

    /// A tick or a cross, in its colour.
    public String mark(boolean met) {
        String sign = unicode ? (met ? "✓" : "✗") : (met ? "ok" : "NO");
        return paint(met ? Tone.GOOD : Tone.BAD, sign);
    }

    /// The text in characters that this look has.
    public String fit(String text) {
        return unicode
                ? text
                : text.replace("µ", "u")
                        .replace("±", "+-")
                        .replace("–", "-")
                        .replace("≥", ">=")
                        .replace("·", ".")
                        .replace("×", "x")
                        .replace("─", "-");
    }
}
