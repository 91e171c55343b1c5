package io.iowait.report;

import java.util.Locale;

/// Numbers as reports print them, alike in every country.
final class Figures {
    private static final double KIB = 1024;

    private Figures() {}

    static String of(String format, Object... args) {
        return String.format(Locale.ROOT, format, args);
    }

    /// With separators: `12,345`.
    static String count(double value) {
        return of("%,.0f", value);
    }

    static String ms(double ns) {
        return of("%,.3f", ns / 1e6);
    }

    static String us(double ns) {
        return of("%,.1f", ns / 1e3);
    }

    static String percent(double share) {
        return of("%.1f %%", 100 * share);
    }

    /// A difference with its sign: `+0.4 %`.
    static String error(double share) {
        return of("%+.1f %%", 100 * share);
    }

    /// In the unit that fits: `92 B`, `8.5 KiB`, `8.0 MiB`, `39.0 GiB`.
    static String bytes(double bytes) {
        if (bytes < KIB) {
            return of("%.0f B", bytes);
        }
        double value = bytes;
        for (String unit : new String[] {"KiB", "MiB"}) {
            value /= KIB;
            if (value < KIB) {
                return of("%.1f %s", value, unit);
            }
        }
        return of("%.1f GiB", value / KIB);
    }

    /// A time in the unit that fits: `850 ns`, `12.5 µs`, `3.200 ms`, `1.200 s`.
    static String time(double ns) {
        if (Math.abs(ns) < 1e3) {
            return of("%.0f ns", ns);
        }
        if (Math.abs(ns) < 1e6) {
            return of("%.1f µs", ns / 1e3);
        }
        return Math.abs(ns) < 1e9 ? of("%.3f ms", ns / 1e6) : of("%.3f s", ns / 1e9);
    }
}
