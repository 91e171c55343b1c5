package io.iowait.scenario;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// The values of all keys of a scenario, in canonical spelling and in the order of the keys.
public final class Settings {
    private final List<Key> keys;
    private final Map<String, String> values;

    private Settings(List<Key> keys, Map<String, String> values) {
        this.keys = keys;
        this.values = Collections.unmodifiableMap(values);
    }

    /// Every key with its standard value.
    public static Settings standard(List<Key> keys) {
        Map<String, String> values = new LinkedHashMap<>();
        keys.forEach(key -> values.put(key.name(), key.standard()));
        return new Settings(List.copyOf(keys), values);
    }

    /// These settings with some changed by words `key=value`; no key may be named twice.
    ///
    /// @throws ScenarioException if a word is no `key=value`, or for an unknown key or a bad value
    public Settings with(List<String> words) {
        Map<String, String> changed = new LinkedHashMap<>(values);
        List<String> seen = new ArrayList<>();
        for (String word : words) {
            int equals = word.indexOf('=');
            if (equals < 1) {
                throw ScenarioException.unknown("word", word, examples());
            }
            String name = word.substring(0, equals);
            if (seen.contains(name)) {
                throw new ScenarioException(
                        "%s: found twice, expected once: %s".formatted(name, word));
            }
            seen.add(name);
            changed.put(name, key(name).domain().canonical(name, word.substring(equals + 1)));
        }
        return new Settings(keys, changed);
    }

    /// These settings with those of a text, as [#text] writes it.
    public Settings with(String text) {
        return with(Arrays.stream(text.split("\\s+")).filter(word -> !word.isEmpty()).toList());
    }

    private List<String> examples() {
        return keys.stream().map(key -> key.name() + "=" + key.standard()).toList();
    }

    private Key key(String name) {
        for (Key key : keys) {
            if (key.name().equals(name)) {
                return key;
            }
        }
        throw ScenarioException.unknown("key", name, keys.stream().map(Key::name).toList());
    }

    /// The keys whose values differ from those of other settings of the same keys, as `key: there
    /// -> here`.
    List<String> changesFrom(Settings others) {
        return values.keySet().stream()
                .filter(key -> !word(key).equals(others.word(key)))
                .map(key -> "%s: %s -> %s".formatted(key, others.word(key), word(key)))
                .toList();
    }

    /// All values in one line: the same for equal settings, and read back by [#with(String)].
    public String text() {
        StringBuilder text = new StringBuilder();
        for (Key key : keys) {
            String value = word(key.name());
            if (!key.isQuiet() || !value.equals(key.standard())) {
                text.append(key.name()).append('=').append(value).append(' ');
            }
        }
        return text.toString().stripTrailing();
    }

    /// All values as words `key=value`.
    List<String> words() {
        return values.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList();
    }

    public boolean has(String key) {
        return values.containsKey(key);
    }

    public String word(String key) {
        return Objects.requireNonNull(values.get(key), key);
    }

    public long timeNs(String key) {
        return Units.timeNs(key, word(key));
    }

    public long count(String key) {
        return Units.count(key, word(key));
    }

    public int size(String key) {
        return Math.toIntExact(count(key));
    }

    public boolean flag(String key) {
        return Boolean.parseBoolean(word(key));
    }

    /// The parts of a list.
    public List<String> list(String key) {
        return List.of(word(key).split(","));
    }

    public List<Long> timesNs(String key) {
        return list(key).stream().map(part -> Units.timeNs(key, part)).toList();
    }

    public List<Integer> counts(String key) {
        return list(key).stream().map(Integer::valueOf).toList();
    }
}
