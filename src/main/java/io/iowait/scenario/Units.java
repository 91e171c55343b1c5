package io.iowait.scenario;

import java.math.BigDecimal;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Quantities with units, as people write them: `5ms`, `1.5s`, `64KiB`, `1_000_000`.
///
/// A time or a size without a unit is refused, except 0; so is anything negative, and a fraction of
/// the smallest unit.
public final class Units {
    /// The longest time a key takes: sums of several of them still fit a long of ns.
    private static final long TIME_NS_MAX = 10_000_000L * 1_000_000_000L;

    private static final Pattern QUANTITY =
            Pattern.compile("(-?)(\\d[\\d_]*(?:\\.\\d+)?)\\s*([A-Za-zµ]*)");
    private static final List<Unit> TIMES =
            List.of(
                    new Unit("ns", 1),
                    new Unit("us", 1_000),
                    new Unit("ms", 1_000_000),
                    new Unit("s", 1_000_000_000L),
                    new Unit("min", 60_000_000_000L));
    private static final List<Unit> SIZES =
            List.of(
                    new Unit("B", 1),
                    new Unit("KiB", 1 << 10),
                    new Unit("MiB", 1 << 20),
                    new Unit("GiB", 1 << 30));

    private record Unit(String name, long factor) {}

    private Units() {}

    /// A time in ns.
    ///
    /// @throws ScenarioException naming the key, what was found and what was expected
    public static long timeNs(String key, String text) {
        long ns = quantity(key, text.replace("µs", "us"), TIMES, "a time such as 5ms");
        if (ns > TIME_NS_MAX) {
            throw ScenarioException.value(key, text, "at most " + time(TIME_NS_MAX));
        }
        return ns;
    }

    /// A size in bytes.
    public static long bytes(String key, String text) {
        return quantity(key, text, SIZES, "a size such as 64KiB");
    }

    /// A rate, whole and per second: `200/s`; a bare number is per second too.
    public static long perSec(String key, String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            return count(key, text);
        }
        String expected = "a rate such as 200/s (units: /us /ms /s /min)";
        String unit = text.substring(slash + 1).strip().replace("µs", "us");
        Unit per =
                TIMES.stream()
                        .filter(time -> time.name.equals(unit))
                        .findFirst()
                        .orElseThrow(() -> ScenarioException.value(key, text, expected));
        BigDecimal number =
                BigDecimal.valueOf(count(key, text.substring(0, slash).strip()))
                        .multiply(BigDecimal.valueOf(1_000_000_000L));
        if (number.remainder(BigDecimal.valueOf(per.factor)).signum() != 0) {
            throw ScenarioException.value(key, text, expected + ", a whole number a second");
        }
        return exact(key, text, number.divide(BigDecimal.valueOf(per.factor)));
    }

    /// A whole number without a unit.
    public static long count(String key, String text) {
        Matcher m = QUANTITY.matcher(text);
        boolean isNumber = m.matches();
        if (!isNumber || !m.group(1).isEmpty() || !m.group(3).isEmpty() || text.contains(".")) {
            String why = isNumber && !m.group(3).isEmpty() ? " without a unit" : "";
            throw ScenarioException.value(key, text, "a whole number, 0 or more" + why);
        }
        return exact(key, text, new BigDecimal(m.group(2).replace("_", "")));
    }

    /// The shortest way to write a time exactly.
    public static String time(long ns) {
        return ns == 0 ? "0ns" : shortest(ns, TIMES.subList(0, 4));
    }

    /// The shortest way to write a size exactly.
    public static String size(long bytes) {
        return bytes == 0 ? "0B" : shortest(bytes, SIZES);
    }

    private static String shortest(long value, List<Unit> units) {
        for (Unit unit : units.reversed()) {
            if (value % unit.factor == 0) {
                return value / unit.factor + unit.name;
            }
        }
        throw new IllegalStateException("a smallest unit divides everything: value=" + value);
    }

    private static long quantity(String key, String text, List<Unit> units, String example) {
        String expected = example + " (units: " + String.join(" ", names(units)) + ")";
        Matcher m = QUANTITY.matcher(text);
        if (!m.matches()) {
            throw ScenarioException.value(key, text, expected);
        }
        if (!m.group(1).isEmpty()) {
            throw ScenarioException.value(key, text, expected + ", not a negative one");
        }
        BigDecimal number = new BigDecimal(m.group(2).replace("_", ""));
        if (m.group(3).isEmpty()) {
            if (number.signum() == 0) {
                return 0;
            }
            throw ScenarioException.value(key, text, expected + "; the unit is missing");
        }
        return exact(
                key, text, number.multiply(BigDecimal.valueOf(factor(key, m, units, expected))));
    }

    private static long factor(String key, Matcher m, List<Unit> units, String expected) {
        String name = m.group(3);
        for (Unit unit : units) {
            if (unit.name.equals(name)) {
                return unit.factor;
            }
        }
        String hint =
                Nearest.of(name, names(units))
                        .map(unit -> "; did you mean " + m.group(2) + unit + "?")
                        .orElse("");
        throw ScenarioException.value(key, m.group(), expected + hint);
    }

    private static long exact(String key, String text, BigDecimal value) {
        if (value.stripTrailingZeros().scale() > 0) {
            throw ScenarioException.value(key, text, "a whole number of the smallest unit");
        }
        if (value.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            throw ScenarioException.value(key, text, "at most " + Long.MAX_VALUE);
        }
        return value.longValue();
    }

    private static List<String> names(List<Unit> units) {
        return units.stream().map(Unit::name).toList();
    }
}
