package io.iowait.scenario;

import java.util.List;

/// A key that a kind of scenario understands.
///
/// @param standard the value where a scenario does not name the key, in canonical spelling
/// @param about one line for help texts
/// @param isQuiet whether a text leaves it out where it has its standard value: options of a few
public record Key(String name, Domain domain, String standard, String about, boolean isQuiet) {
    public Key {
        standard = domain.canonical(name, standard);
    }

    Key(String name, Domain domain, String standard, String about) {
        this(name, domain, standard, about, false);
    }

    Key quiet() {
        return new Key(name, domain, standard, about, true);
    }

    static Key time(String name, String standard, String about) {
        return new Key(name, new Domain.Time(0), standard, about);
    }

    /// A time that must not be 0.
    static Key span(String name, String standard, String about) {
        return new Key(name, new Domain.Time(1), standard, about);
    }

    static Key count(String name, long min, long max, long standard, String about) {
        return new Key(name, new Domain.Count(min, max), Long.toString(standard), about);
    }

    static Key flag(String name, boolean standard, String about) {
        return word(name, List.of("false", "true"), Boolean.toString(standard), about);
    }

    static Key word(String name, List<String> words, String standard, String about) {
        return new Key(name, new Domain.Word(words), standard, about);
    }

    Key withStandard(String value) {
        return new Key(name, domain, value, about, isQuiet);
    }
}
