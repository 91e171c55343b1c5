package io.iowait.scenario;

import io.iowait.scenario.YamlDoc.Field;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.Tracer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.snakeyaml.engine.v2.nodes.Node;

/// A scenario in a YAML file: a kind that is known with values for its keys, or a program of its
/// own.
///
/// Its text is a line with the file's name and the values of all keys, then the file verbatim.
public final class ScenarioFile implements Scenario {
    public static final String KIND = "file";

    private static final List<String> TOP = top();
    private static final String WORKLOAD = "workload";

    private final String name;
    private final String yaml;
    private final Filled filled;
    private final Settings settings;

    /// A form and the values that the file gives to its keys.
    private record Filled(Form form, List<String> words) {
        List<Key> keys() {
            Settings given = Settings.standard(form.keys()).with(words);
            return form.keys().stream()
                    .map(key -> key.withStandard(given.word(key.name())))
                    .toList();
        }
    }

    private ScenarioFile(String name, String yaml, Filled filled, Settings settings) {
        this.name = name;
        this.yaml = yaml;
        this.filled = filled;
        this.settings = settings;
    }

    private static List<String> top() {
        List<String> top = new ArrayList<>(List.of("about", "machine", WORKLOAD, "clients"));
        top.addAll(Declarations.sections());
        return top;
    }

    /// The words of all steps.
    public static List<String> steps() {
        return StepKind.words();
    }

    /// The kinds of workload that can be named.
    public static List<String> kinds() {
        return Scenarios.kinds();
    }

    /// Whether a file is to be read as such a scenario.
    public static boolean isOne(Path path) {
        String name = String.valueOf(path.getFileName());
        return name.endsWith(".yaml") || name.endsWith(".yml");
    }

    /// Reads a file, with some values of keys changed by words `key=value`.
    ///
    /// @throws ScenarioException for whatever cannot be meant, a line each
    public static ScenarioFile read(Path path, List<String> words) {
        try {
            String name = String.valueOf(path.getFileName());
            return of(name, Files.readString(path), words);
        } catch (CharacterCodingException e) {
            throw new ScenarioException(path + ": found bytes that are no UTF-8, expected a text");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// @param name of the file, for messages
    static ScenarioFile of(String name, String yaml, List<String> words) {
        YamlDoc doc = new YamlDoc(name, yaml);
        Map<String, Field> top = doc.fields(doc.root(), "a scenario", TOP);
        Field workload = top.get(WORKLOAD);
        if (!YamlDoc.isMapping(doc.root())) {
            doc.end();
        }
        if (workload == null) {
            doc.problem(doc.root(), "found no 'workload', expected one");
            doc.end();
        }
        List<String> machine = machineWords(doc, top);
        Map<String, Field> fields = doc.fields(Objects.requireNonNull(workload).value(), WORKLOAD);
        Filled filled =
                fields.containsKey("kind")
                        ? known(doc, top, fields, machine)
                        : new Filled(
                                OwnForm.read(doc, top, checked(doc, fields), machine), List.of());
        Settings settings = Settings.standard(filled.keys()).with(words);
        if (filled.form instanceof OwnForm own) {
            own.prepare(settings);
            doc.end();
            own.check();
        }
        checkMachine(doc, top, settings);
        doc.end();
        return new ScenarioFile(name, yaml, filled, settings);
    }

    /// Reads what [#text] wrote.
    static ScenarioFile parse(String text) {
        int end = text.indexOf('\n');
        int space = text.indexOf(' ');
        if (space < 0 || end < space) {
            throw new ScenarioException(
                    "a file's text begins with a line of its name and its keys");
        }
        String line = text.substring(space + 1, end);
        List<String> words = List.of(line.split(" "));
        return of(text.substring(0, space), text.substring(end + 1), words);
    }

    private static Map<String, Field> checked(YamlDoc doc, Map<String, Field> fields) {
        List<String> known = new ArrayList<>(OwnForm.WORKLOAD_KEYS);
        known.add(0, "kind");
        for (Field field : fields.values()) {
            if (!known.contains(field.name())) {
                doc.unknown(field.key(), "key of workload", field.name(), known);
            }
        }
        return fields;
    }

    private static List<String> machineWords(YamlDoc doc, Map<String, Field> top) {
        Field machine = top.get("machine");
        List<String> words = new ArrayList<>();
        if (machine != null) {
            List<Key> keys = MachineKeys.keys();
            List<String> names = keys.stream().map(Key::name).toList();
            doc.fields(machine.value(), "machine", names)
                    .values()
                    .forEach(field -> word(doc, field, field.name(), keys).ifPresent(words::add));
        }
        return words;
    }

    private static Optional<String> word(YamlDoc doc, Field field, String name, List<Key> keys) {
        Optional<String> text = doc.value(field.value(), field.name());
        if (text.isEmpty()) {
            return text;
        }
        Key key = keys.stream().filter(k -> k.name().equals(name)).findFirst().orElseThrow();
        try {
            return Optional.of(name + "=" + key.domain().canonical(field.name(), text.get()));
        } catch (ScenarioException e) {
            doc.problem(field.value(), e);
            return Optional.empty();
        }
    }

    private static void checkMachine(YamlDoc doc, Map<String, Field> top, Settings settings) {
        try {
            MachineKeys.spec(settings, 1);
        } catch (IllegalArgumentException e) {
            Field machine = top.get("machine");
            Node at = machine == null ? doc.root() : machine.value();
            doc.problem(at, String.valueOf(e.getMessage()));
        }
    }

    // ---------------------------------------------------------------- known kinds

    private static Filled known(
            YamlDoc doc,
            Map<String, Field> top,
            Map<String, Field> workload,
            List<String> machine) {
        Field named = Objects.requireNonNull(workload.get("kind"));
        String kind = doc.text(named.value(), "kind").orElse("");
        Optional<Form> form = Scenarios.formOf(kind);
        if (form.isEmpty()) {
            doc.unknown(named.value(), "kind of workload", kind, Scenarios.kinds());
            doc.end();
        }
        List<String> machineNames = MachineKeys.keys().stream().map(Key::name).toList();
        List<Key> own =
                form.orElseThrow().keys().stream()
                        .filter(key -> !machineNames.contains(key.name()))
                        .toList();
        Map<String, String> words = new LinkedHashMap<>();
        List<String> names = new ArrayList<>(own.stream().map(Key::name).toList());
        for (Field field : workload.values()) {
            if (field.name().equals("kind")) {
                continue;
            }
            if (!names.contains(field.name())) {
                doc.unknown(field.key(), "key of workload " + kind, field.name(), names);
            } else {
                word(doc, field, field.name(), own).ifPresent(w -> words.put(field.name(), w));
            }
        }
        readClients(doc, top, kind, own, words);
        for (String section : Declarations.sections()) {
            if (top.containsKey(section)) {
                doc.problem(
                        Objects.requireNonNull(top.get(section)).key(),
                        "%s: found beside workload.kind, expected only with workload.tasks"
                                .formatted(section));
            }
        }
        List<String> all = new ArrayList<>(machine);
        all.addAll(words.values());
        return new Filled(form.orElseThrow(), all);
    }

    /// The section `clients` says the same as the workload's keys about clients.
    private static void readClients(
            YamlDoc doc,
            Map<String, Field> top,
            String kind,
            List<Key> own,
            Map<String, String> words) {
        Field section = top.get("clients");
        if (section == null) {
            return;
        }
        List<String> names =
                new ArrayList<>(
                        own.stream().map(Key::name).filter(Clients.KEYS::contains).toList());
        if (!own.stream().map(Key::name).toList().contains("clients")) {
            doc.problem(
                    section.key(), "clients: found with kind '%s', which has none".formatted(kind));
            return;
        }
        names.add(0, "count");
        for (Field field : doc.fields(section.value(), "clients", names).values()) {
            String name = field.name().equals("count") ? "clients" : field.name();
            if (words.containsKey(name)) {
                doc.problem(field.key(), name + ": found in 'workload' too, expected once");
            }
            word(doc, field, name, own).ifPresent(w -> words.put(name, w));
        }
    }

    /// What `clients` may say of a known kind.
    private static final class Clients {
        static final List<String> KEYS =
                List.of("think", "arrivals", "rate", "burst", "requests", "warmup", "duration");
    }

    // ---------------------------------------------------------------- a scenario

    /// The keys, with the file's values as the standard ones.
    public List<Key> keys() {
        return filled.keys();
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public String text() {
        return name + " " + settings.text() + "\n" + yaml;
    }

    @Override
    public Run build(Tracer tracer) {
        try {
            return filled.form.build(this, settings, tracer);
        } catch (ScenarioException e) {
            throw new ScenarioException(name + ": " + e.getMessage());
        }
    }

    @Override
    public Optional<String> memory() {
        return filled.form instanceof OwnForm own ? own.memory(settings) : Optional.empty();
    }

    @Override
    public void tell(Facts.Builder facts) {
        filled.form.tell(settings, facts);
    }
}
