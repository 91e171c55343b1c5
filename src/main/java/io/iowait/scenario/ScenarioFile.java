package io.iowait.scenario;

import io.iowait.scenario.YamlDoc.Field;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.Tracer;
import java.nio.file.Path;
import java.util.ArrayList;
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

    private static final Path NOWHERE = Path.of("");
    private static final List<String> TOP = top();
    private static final String WORKLOAD = "workload";
    static final String CLIENTS = "clients";

    private final String name;
    private final String yaml;
    private final Filled filled;
    private final Settings settings;

    /// A form and the values that the file gives to its keys.
    record Filled(Form form, List<String> words) {
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
        List<String> top = new ArrayList<>(List.of("about", "machine", WORKLOAD, CLIENTS));
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

    /// The keys of the machine.
    public static List<String> machineKeys() {
        return MachineKeys.keys().stream().map(Key::name).toList();
    }

    /// The keys of a task.
    public static List<String> taskKeys() {
        return OwnForm.TASK_KEYS;
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
        String name = String.valueOf(path.getFileName());
        Path folder = path.getParent();
        String yaml = Texts.read(path, "a scenario");
        return of(name, folder == null ? NOWHERE : folder, yaml, words);
    }

    /// @param name of the file, for messages
    static ScenarioFile of(String name, String yaml, List<String> words) {
        return of(name, NOWHERE, yaml, words);
    }

    /// @param folder in which the file names others
    private static ScenarioFile of(String name, Path folder, String yaml, List<String> words) {
        YamlDoc doc = new YamlDoc(name, yaml);
        Reading reading = new Reading(doc, folder, words);
        Map<String, Field> top = doc.fields(doc.root(), "a scenario", TOP);
        Field workload = top.get(WORKLOAD);
        if (!YamlDoc.isMapping(doc.root())) {
            doc.end();
        }
        if (workload == null) {
            doc.problem(doc.root(), "found no 'workload', expected one");
            doc.end();
        }
        List<String> machine = reading.machineWords(top);
        Map<String, Field> fields = doc.fields(Objects.requireNonNull(workload).value(), WORKLOAD);
        boolean isKnown = fields.containsKey("kind");
        Filled filled =
                isKnown
                        ? reading.known(top, fields, machine)
                        : new Filled(
                                OwnForm.read(doc, top, checked(doc, fields), machine), List.of());
        if (!isKnown && top.containsKey(CLIENTS)) {
            doc.problem(
                    Objects.requireNonNull(top.get(CLIENTS)).key(),
                    "clients: found beside workload.tasks, expected only with a workload.kind that has clients");
        }
        reading.refuseIdle(filled);
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

    private static void checkMachine(YamlDoc doc, Map<String, Field> top, Settings settings) {
        try {
            MachineKeys.spec(settings, 1);
        } catch (IllegalArgumentException e) {
            Field machine = top.get("machine");
            Node at = machine == null ? doc.root() : machine.value();
            doc.problem(at, String.valueOf(e.getMessage()));
        }
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
    public String name() {
        return name;
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
    public Optional<String> idle(String key) {
        return filled.form.idle(settings, key);
    }

    @Override
    public Scenario with(List<String> words) {
        Settings changed = settings.with(words);
        return of(name, yaml, changed.words());
    }

    @Override
    public List<String> changesFrom(Scenario other) {
        return settings.changesFrom(((ScenarioFile) other).settings);
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
