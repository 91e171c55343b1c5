package io.iowait.scenario;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/// A YAML text whose parts know where they stand, and the problems found in it so far.
///
/// Scalars stay texts: what `5ms` or `yes` means is for the key to say. Reading goes on after a
/// problem, so that one pass finds them all; [#end] throws them.
final class YamlDoc {
    /// More than any program written by hand.
    private static final int NODES_MAX = 100_000;

    private static final int DEPTH_MAX = 40;

    private final String file;
    private final List<String> problems = new ArrayList<>();
    private final Node root;

    private static String at(String text, int index) {
        String before = text.substring(0, Math.clamp(index, 0, text.length()));
        long line = 1 + before.chars().filter(c -> c == '\n').count();
        return line + ":" + (before.length() - before.lastIndexOf('\n'));
    }

    /// A key with its value.
    record Field(String name, Node key, Node value) {}

    /// @param file its name, for messages
    /// @throws ScenarioException if the text is no YAML
    YamlDoc(String file, String text) {
        this.file = file;
        try {
            LoadSettings settings = LoadSettings.builder().setLabel(file).build();
            Optional<Node> composed = new Compose(settings).composeString(text);
            root = composed.orElseThrow(() -> new ScenarioException(file + ": the file is empty"));
        } catch (MarkedYamlEngineException e) {
            throw new ScenarioException(place(e.getProblemMark()) + "no YAML: " + reason(e));
        } catch (ReaderException e) {
            throw new ScenarioException(
                    "%s:%s: no YAML: found the character U+%04X, expected printable ones"
                            .formatted(file, at(text, e.getPosition()), e.getCodePoint()));
        } catch (YamlEngineException e) {
            throw new ScenarioException(file + ": no YAML: " + e.getMessage());
        } catch (StackOverflowError e) { // it is composed recursively
            throw new ScenarioException(file + ": " + tooLarge());
        }
        count(root, 0, new int[1]);
    }

    private static String reason(MarkedYamlEngineException e) {
        String context = e.getContext() == null ? "" : e.getContext() + ", ";
        return (context + e.getProblem()).replaceAll("\\s+", " ");
    }

    private static String tooLarge() {
        return "found more than %d parts or %d levels, expected a scenario"
                .formatted(NODES_MAX, DEPTH_MAX);
    }

    /// An alias may make a small text a huge or an endless tree.
    private void count(Node node, int depth, int[] nodes) {
        if (depth > DEPTH_MAX || nodes[0]++ > NODES_MAX) {
            throw new ScenarioException(place(node.getStartMark()) + tooLarge());
        }
        switch (node) {
            case MappingNode mapping ->
                    mapping.getValue().forEach(t -> count(t.getValueNode(), depth + 1, nodes));
            case SequenceNode sequence ->
                    sequence.getValue().forEach(item -> count(item, depth + 1, nodes));
            default -> {}
        }
    }

    Node root() {
        return root;
    }

    private String place(Optional<Mark> mark) {
        return mark.map(m -> "%s:%d:%d: ".formatted(file, m.getLine() + 1, m.getColumn() + 1))
                .orElse(file + ": ");
    }

    /// `file:line:column`.
    String where(Node node) {
        String place = place(node.getStartMark());
        return place.substring(0, place.length() - 2);
    }

    void problem(Node at, String what) {
        String line = where(at) + ": " + what.replaceAll("\\s*\\R\\s*", " ");
        if (!problems.contains(line)) {
            problems.add(line);
        }
    }

    void problem(Node at, ScenarioException what) {
        problem(at, String.valueOf(what.getMessage()));
    }

    void unknown(Node at, String what, String found, List<String> known) {
        problem(at, ScenarioException.unknown(what, found, known));
    }

    void unexpected(Node at, String key, String expected) {
        problem(at, "%s: found %s, expected %s".formatted(key, show(at), expected));
    }

    /// Throws what was found, if anything.
    void end() {
        if (!problems.isEmpty()) {
            throw ScenarioException.all(problems);
        }
    }

    private static String show(Node node) {
        return switch (node) {
            case ScalarNode scalar when scalar.getValue().isEmpty() -> "nothing";
            case ScalarNode scalar -> "'" + shortened(scalar.getValue()) + "'";
            case SequenceNode _ -> "a list";
            default -> "a mapping";
        };
    }

    private static String shortened(String text) {
        return text.length() <= 60 ? text : text.substring(0, 60) + "..";
    }

    /// The fields of a mapping whose keys are among these; others are problems.
    Map<String, Field> fields(Node node, String what, List<String> known) {
        Map<String, Field> fields = fields(node, what);
        fields.values().stream()
                .filter(field -> !known.contains(field.name))
                .forEach(field -> unknown(field.key, "key of " + what, field.name, known));
        fields.keySet().retainAll(known);
        return fields;
    }

    /// The fields of a mapping; any key will do, but none twice.
    Map<String, Field> fields(Node node, String what) {
        Map<String, Field> fields = new LinkedHashMap<>();
        if (!(node instanceof MappingNode mapping)) {
            unexpected(node, what, "a mapping of keys to values");
            return fields;
        }
        for (NodeTuple tuple : mapping.getValue()) {
            Node key = tuple.getKeyNode();
            if (!(key instanceof ScalarNode scalar)) {
                unexpected(key, what, "a word as the key");
                continue;
            }
            String name = scalar.getValue();
            if (fields.containsKey(name)) {
                problem(key, name + ": found twice in " + what + ", expected once");
            }
            fields.put(name, new Field(name, key, tuple.getValueNode()));
        }
        return fields;
    }

    List<Node> items(Node node, String what) {
        if (node instanceof SequenceNode sequence) {
            return sequence.getValue();
        }
        unexpected(node, what, "a list");
        return List.of();
    }

    /// The text of a scalar; a problem and empty if it is none, or says nothing.
    Optional<String> text(Node node, String what) {
        if (node instanceof ScalarNode scalar && !(scalar.getValue().isEmpty() && isPlain(node))) {
            return Optional.of(scalar.getValue());
        }
        unexpected(node, what, "a value");
        return Optional.empty();
    }

    /// The value of a key in the spelling of `key=value`: a list is joined by commas.
    Optional<String> value(Node node, String what) {
        if (!(node instanceof SequenceNode sequence)) {
            return text(node, what);
        }
        List<String> parts = new ArrayList<>();
        if (sequence.getValue().isEmpty()) {
            problem(node, what + ": found an empty list, expected values");
        }
        for (Node item : sequence.getValue()) {
            text(item, what).ifPresent(parts::add);
        }
        return parts.isEmpty() ? Optional.empty() : Optional.of(String.join(",", parts));
    }

    static boolean isMapping(Node node) {
        return node instanceof MappingNode;
    }

    /// Whether a scalar is written without quotes.
    static boolean isPlain(Node node) {
        return node instanceof ScalarNode scalar && scalar.getScalarStyle() == ScalarStyle.PLAIN;
    }
}
