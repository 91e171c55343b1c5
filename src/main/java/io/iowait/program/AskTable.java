package io.iowait.program;

import java.util.LinkedHashMap;
import java.util.Map;

/// The ask kinds a runtime answers: name → the runtime's own number, with the arguments each takes.
public final class AskTable {
    /// One kind; `argsMax` is inclusive.
    record Kind(int number, int argsMin, int argsMax) {}

    private final Map<String, Kind> kinds = new LinkedHashMap<>();

    /// Adds a kind that takes any number of arguments.
    public AskTable add(String name, int number) {
        return add(name, number, 0, Integer.MAX_VALUE);
    }

    /// Adds a kind that takes between `argsMin` and `argsMax` arguments.
    public AskTable add(String name, int number, int argsMin, int argsMax) {
        if (kinds.putIfAbsent(name, new Kind(number, argsMin, argsMax)) != null) {
            throw new IllegalArgumentException("ask kind added twice: ask=" + name);
        }
        return this;
    }

    Map<String, Kind> kinds() {
        return kinds;
    }
}
