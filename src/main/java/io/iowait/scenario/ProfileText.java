package io.iowait.scenario;

import io.iowait.kernel.Cost;
import io.iowait.kernel.CostProfile;
import io.iowait.machine.Profiles;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// What things cost, as a key says it: a built-in profile, and prices and constants that are
/// different behind it.
///
///     linux-6.18-vm+switch_in=10us          a switch costs 10 µs
///     zero+hz=1000+syscall=90ns/100ns/1us   ticks, and a price by its p10, p50 and p90
final class ProfileText {
    private static final String CHANGE = "+";
    private static final String QUANTILES = "/";

    private ProfileText() {}

    /// @throws ScenarioException for an unknown profile or price, or a bad value
    static String canonical(String key, String text) {
        List<String> words = new ArrayList<>();
        for (String word : List.of(text.split("\\+", -1))) {
            words.add(
                    words.isEmpty()
                            ? new Domain.Word(Profiles.names()).canonical(key, word)
                            : change(key, word));
        }
        return String.join(CHANGE, words);
    }

    private static String change(String key, String word) {
        int equals = word.indexOf('=');
        String name = word.substring(0, Math.max(0, equals));
        String value = word.substring(equals + 1);
        if (constants().contains(name)) {
            return name + "=" + new Domain.Count(0, Integer.MAX_VALUE).canonical(name, value);
        }
        if (costOf(name) < 0) {
            List<String> known = new ArrayList<>();
            IntStream.range(0, Cost.COUNT).mapToObj(Cost::name).forEach(known::add);
            known.addAll(constants());
            throw ScenarioException.unknown("price of " + key, name.isEmpty() ? word : name, known);
        }
        return name + "=" + String.join(QUANTILES, quantiles(name, value));
    }

    private static List<String> quantiles(String name, String value) {
        List<String> times = List.of(value.split(QUANTILES, -1));
        List<Long> ns = times.stream().map(time -> Units.timeNs(name, time)).toList();
        boolean rise = ns.equals(ns.stream().sorted().toList());
        if (ns.size() != 1 && ns.size() != 3 || !rise) {
            throw ScenarioException.value(
                    name, value, "a time, or its p10, p50 and p90 as in 1us/2us/5us");
        }
        return ns.stream().map(Units::time).toList();
    }

    private static List<String> constants() {
        return Profiles.linux618Vm().constantNames();
    }

    private static int costOf(String name) {
        return IntStream.range(0, Cost.COUNT)
                .filter(cost -> Cost.name(cost).equals(name))
                .findFirst()
                .orElse(-1);
    }

    /// The profile of a canonical text.
    static CostProfile read(String text) {
        String[] words = text.split("\\+");
        CostProfile base = Profiles.byName(words[0]);
        if (words.length == 1) {
            return base;
        }
        CostProfile.Builder changed = base.change(text);
        for (int i = 1; i < words.length; i++) {
            String name = words[i].substring(0, words[i].indexOf('='));
            String value = words[i].substring(name.length() + 1);
            if (constants().contains(name)) {
                changed.constant(name, Long.parseLong(value));
            } else {
                price(changed, costOf(name), name, value);
            }
        }
        return changed.build();
    }

    private static void price(CostProfile.Builder changed, int cost, String name, String value) {
        String[] quantiles = value.split(QUANTILES);
        long first = Units.timeNs(name, quantiles[0]);
        if (quantiles.length == 1) {
            changed.cost(cost, first);
        } else {
            changed.cost(
                    cost,
                    first,
                    Units.timeNs(name, quantiles[1]),
                    Units.timeNs(name, quantiles[2]));
        }
    }
}
