package io.iowait.scenario;

import java.util.List;

/// A scenario says something that cannot be meant; the message is one line that names the key, what
/// was found, what was expected, and the nearest valid word. A file may say several such things, a
/// line each.
public final class ScenarioException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    public ScenarioException(String message) {
        super(message);
    }

    /// Several at once, a line each.
    static ScenarioException all(List<String> problems) {
        return new ScenarioException(String.join("\n", problems));
    }

    /// What is wrong, one line each.
    public List<String> problems() {
        return String.valueOf(getMessage()).lines().toList();
    }

    /// A value that does not fit its key.
    static ScenarioException value(String key, String found, String expected) {
        return new ScenarioException("%s: found '%s', expected %s".formatted(key, found, expected));
    }

    /// A word that is none of those known.
    ///
    /// @param what kind of word: `key`, `policy`
    static ScenarioException unknown(String what, String found, List<String> known) {
        String nearest =
                Nearest.of(found, known).map(word -> "; did you mean '" + word + "'?").orElse("");
        return new ScenarioException(
                "unknown %s: found '%s', expected one of %s%s"
                        .formatted(what, found, String.join(", ", known), nearest));
    }
}
