package io.iowait.scenario;

import io.iowait.scenario.YamlDoc.Field;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.snakeyaml.engine.v2.nodes.Node;

/// Reads the keys of a scenario file into words `key=value`.
///
/// A key that has no effect beside the others of the file is a problem; that of a program's own
/// words, given where it is run, is for the command to judge, which may run it in several ways.
final class Reading {
    /// What `clients` may say of a known kind.
    private static final List<String> OF_CLIENTS =
            List.of("think", "arrivals", "rate", "burst", "requests", "warmup", "duration");

    private final YamlDoc doc;
    private final Path folder;
    private final List<String> overridden;

    /// Keys that the file names, and where.
    private final Map<String, Node> named = new LinkedHashMap<>();

    /// @param words that change what the file says
    Reading(YamlDoc doc, Path folder, List<String> words) {
        this.doc = doc;
        this.folder = folder;
        this.overridden = words.stream().map(word -> word.replaceFirst("=.*", "")).toList();
    }

    List<String> machineWords(Map<String, Field> top) {
        Field machine = top.get("machine");
        List<String> words = new ArrayList<>();
        if (machine != null) {
            List<Key> keys = MachineKeys.keys();
            List<String> names = keys.stream().map(Key::name).toList();
            doc.fields(machine.value(), "machine", names)
                    .values()
                    .forEach(field -> word(field, field.name(), keys).ifPresent(words::add));
        }
        return words;
    }

    private Optional<String> word(Field field, String name, List<Key> keys) {
        Key key = keys.stream().filter(k -> k.name().equals(name)).findFirst().orElseThrow();
        boolean isFile =
                key.domain() instanceof Domain.Arriving && YamlDoc.isMapping(field.value());
        if (isFile && overridden.contains(name)) {
            return Optional.empty(); // a trace has the content, and perhaps no file beside it
        }
        Optional<String> text = isFile ? fileNamed(field) : doc.value(field.value(), field.name());
        if (text.isEmpty()) {
            return text;
        }
        try {
            String value = key.domain().canonical(field.name(), text.get());
            named.put(name, field.key());
            return Optional.of(name + "=" + value);
        } catch (ScenarioException e) {
            doc.problem(field.value(), e);
            return Optional.empty();
        }
    }

    /// `{file: PATH}`, seen from the scenario's own folder.
    private Optional<String> fileNamed(Field field) {
        Field file = doc.fields(field.value(), field.name(), List.of("file")).get("file");
        if (file == null) {
            doc.problem(field.value(), field.name() + ": found no 'file', expected one");
            return Optional.empty();
        }
        return doc.text(file.value(), "file")
                .map(path -> ArrivalList.FILE + folder.resolve(path).normalize());
    }

    /// Refuses what has no effect beside the other keys of the file.
    void refuseIdle(ScenarioFile.Filled filled) {
        Settings settings = Settings.standard(filled.keys());
        named.forEach((name, node) ->
                filled.form()
                        .idle(settings, name)
                        .ifPresent(why -> doc.problem(node, name + ": " + why)));
    }

    // ---------------------------------------------------------------- known kinds

    ScenarioFile.Filled known(
            Map<String, Field> top, Map<String, Field> workload, List<String> machine) {
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
                word(field, field.name(), own).ifPresent(w -> words.put(field.name(), w));
            }
        }
        readClients(top, kind, own, words);
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
        return new ScenarioFile.Filled(form.orElseThrow(), all);
    }

    /// The section `clients` says the same as the workload's keys about clients.
    private void readClients(
            Map<String, Field> top, String kind, List<Key> own, Map<String, String> words) {
        Field section = top.get(ScenarioFile.CLIENTS);
        if (section == null) {
            return;
        }
        List<String> names =
                new ArrayList<>(own.stream().map(Key::name).filter(OF_CLIENTS::contains).toList());
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
            word(field, name, own).ifPresent(w -> words.put(name, w));
        }
    }
}
