package io.iowait.scenario;

import io.iowait.machine.Machine;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.Tracer;
import java.util.ArrayList;
import java.util.List;

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

    static Machine machine(Settings settings, int tasks, Tracer tracer) {
        return new Machine(MachineKeys.spec(settings, tasks), tracer);
    }

    private record Filled(Form form, Settings settings) implements Scenario {
        @Override
        public String kind() {
            return form.kind;
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
        public void tell(Facts.Builder facts) {
            form.tell(settings, facts);
        }
    }
}
