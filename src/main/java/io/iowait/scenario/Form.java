package io.iowait.scenario;

import io.iowait.machine.Machine;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.Tracer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A kind of scenario that is filled in like a form: keys, and how to build a machine from their
/// values.
abstract class Form {
    private final String kind;
    private final List<Key> keys;

    /// @param own the keys of this kind, shown before those of the machine
    /// @param machine `key=value` words that change what the machine is like by default
    Form(String kind, List<Key> own, String... machine) {
        this.kind = kind;
        Settings changed = Settings.standard(MachineKeys.keys()).with(List.of(machine));
        this.keys = new ArrayList<>(own);
        MachineKeys.keys().forEach(key -> keys.add(key.withStandard(changed.word(key.name()))));
    }

    String kind() {
        return kind;
    }

    List<Key> keys() {
        return keys;
    }

    Scenario scenario(Settings settings) {
        return new Filled(this, settings);
    }

    abstract Scenario.Run build(Scenario scenario, Settings settings, Tracer tracer);

    /// Further facts of such a run. Left out: none.
    void tell(Settings settings, Facts.Builder facts) {}

    /// Why a key has no effect beside the others. Overridden where a kind has such keys of its own.
    Optional<String> idle(Settings settings, String key) {
        return MachineKeys.idle(settings, key);
    }

    /// Of a key that has an effect only if another one has one of these values.
    static Optional<String> unless(Settings settings, String key, String... values) {
        String found = shown(settings.word(key));
        return List.of(values).contains(found)
                ? Optional.empty()
                : Optional.of(
                        "found beside %s=%s, which does not use it, expected %s=%s"
                                .formatted(key, found, key, String.join(" or ", values)));
    }

    private static String shown(String word) {
        return ArrivalList.isOne(word) ? "a file" : word;
    }

    static Machine machine(Settings settings, int tasks, Tracer tracer) {
        return new Machine(MachineKeys.spec(settings, tasks), tracer);
    }

    private record Filled(Form form, Settings settings) implements Scenario {
        @Override
        public String kind() {
            return form.kind;
        }

        @Override
        public String name() {
            return Scenarios.nameOf(form.kind);
        }

        @Override
        public String text() {
            return settings.text();
        }

        @Override
        public Run build(Tracer tracer) {
            return form.build(this, settings, tracer);
        }

        @Override
        public Optional<String> idle(String key) {
            return form.idle(settings, key);
        }

        @Override
        public Scenario with(List<String> words) {
            return form.scenario(settings.with(words));
        }

        @Override
        public List<String> changesFrom(Scenario other) {
            return settings.changesFrom(((Filled) other).settings);
        }

        @Override
        public void tell(Facts.Builder facts) {
            form.tell(settings, facts);
        }
    }
}
