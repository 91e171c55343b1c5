package io.iowait.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Words `key=value` in which some keys have several values, separated by commas: a run for each
/// combination, the first key varying slowest.
///
/// @param fixed words with one value
/// @param factors keys with several
public record Sweep(List<String> fixed, List<Factor> factors) {
    /// Keys whose own values are lists.
    private static final List<String> LISTS =
            List.of(
                    "work",
                    "arrive",
                    "priority",
                    "nice",
                    "tickets",
                    "sched",
                    "slices",
                    "dl",
                    "levels",
                    "defects");

    private static final Pattern QUANTITY =
            Pattern.compile("(\\d[\\d_]*(?:\\.\\d+)?)\\s*(/?[A-Za-zµ]*)");

    public Sweep {
        fixed = List.copyOf(fixed);
        factors = List.copyOf(factors);
    }

    /// A key with several values.
    public record Factor(String key, List<String> values) {
        public Factor {
            values = List.copyOf(values);
        }

        private boolean isLoad() {
            return key.equals("clients") || key.equals("rate");
        }

        /// The values as quantities, each in the smallest unit; not a number for a word.
        public List<Double> numbers() {
            return values.stream().map(Sweep::number).toList();
        }

        /// Whether the values are quantities that rise: then there may be a knee.
        public boolean isRising() {
            double last = Double.NEGATIVE_INFINITY;
            for (String value : values) {
                double number = number(value);
                if (!(number > last)) {
                    return false;
                }
                last = number;
            }
            return true;
        }
    }

    /// Index of the factor that is the load: `clients` or `rate` if it rises, else the first key
    /// that does; -1 if there is none.
    public int axis() {
        int found = -1;
        for (int i = factors.size() - 1; i >= 0; i--) {
            if (factors.get(i).isRising()
                    && (factors.get(i).isLoad() || found < 0 || !factors.get(found).isLoad())) {
                found = i;
            }
        }
        return found;
    }

    /// @throws IllegalArgumentException if a word is no `key=value`
    public static Sweep of(List<String> words) {
        List<String> fixed = new ArrayList<>();
        List<Factor> factors = new ArrayList<>();
        for (String word : words) {
            List<String> values = values(word);
            if (values.size() > 1) {
                factors.add(new Factor(word.substring(0, word.indexOf('=')), values));
            } else {
                fixed.add(word);
            }
        }
        return new Sweep(fixed, factors);
    }

    private static List<String> values(String word) {
        int equals = word.indexOf('=');
        return equals < 0 || LISTS.contains(word.substring(0, equals))
                ? List.of(word)
                : List.of(word.substring(equals + 1).split(",", -1));
    }

    /// The values of each combination, in the order of the factors; one empty combination without
    /// factors.
    public List<List<String>> combinations() {
        List<List<String>> combinations = List.of(List.of());
        for (Factor factor : factors) {
            List<List<String>> longer = new ArrayList<>();
            for (List<String> combination : combinations) {
                for (String value : factor.values()) {
                    List<String> one = new ArrayList<>(combination);
                    one.add(value);
                    longer.add(one);
                }
            }
            combinations = longer;
        }
        return combinations;
    }

    /// All words of a combination.
    public List<String> words(List<String> combination) {
        List<String> words = new ArrayList<>(fixed);
        for (int i = 0; i < factors.size(); i++) {
            words.add(factors.get(i).key() + "=" + combination.get(i));
        }
        return words;
    }

    /// A quantity in the smallest unit; not a number for a word.
    static double number(String value) {
        Matcher m = QUANTITY.matcher(value);
        if (!m.matches()) {
            return Double.NaN;
        }
        double factor =
                switch (m.group(2)) {
                    case "", "ns", "B", "/s" -> 1;
                    case "us", "µs", "k", "/ms" -> 1e3;
                    case "ms" -> 1e6;
                    case "s" -> 1e9;
                    case "min" -> 60e9;
                    case "KiB" -> 1 << 10;
                    case "MiB" -> 1 << 20;
                    case "GiB" -> 1 << 30;
                    default -> Double.NaN;
                };
        return factor * Double.parseDouble(m.group(1).replace("_", ""));
    }
}
