package io.iowait.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.iowait.scenario.ScenarioFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Each scenario file of the documents does what its `.out` says, fits the schema, and replays from
/// its trace.
class ExamplesTest {
    private static final Path EXAMPLES = Path.of("docs/examples");
    private static final Path SCHEMA = Path.of("docs/reference/scenario.schema.json");

    @TempDir Path folder;

    static Stream<Path> examples() throws IOException {
        try (Stream<Path> files = Files.list(EXAMPLES)) {
            List<Path> all =
                    files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
            assertThat(all).isNotEmpty();
            return all.stream();
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void printsWhatItsOutputFileSays(Path example) throws IOException {
        Path expected = Path.of(example.toString().replace(".yaml", ".out"));
        Call call = Call.iowait("run", example.toString());
        assertThat(call.err()).isEmpty();
        assertThat(masked(call.out())).isEqualTo(masked(Files.readString(expected)));
    }

    /// The line of keys changes with every key that is added; hashes, and counts of records and of
    /// laws, with every record.
    private static String masked(String text) {
        return text.replaceAll("(?m)^(docs/examples/\\S+)  .*$", "$1")
                .replaceAll("\\b[0-9a-f]{16}\\b", "HASH")
                .replaceAll("[\\d,]+ records", "N records")
                .replaceAll("(?m)^laws     .*$", "laws");
    }

    @ParameterizedTest
    @MethodSource("examples")
    void replaysFromItsTrace(Path example) {
        Path trace = folder.resolve("example.iowt");
        assertThat(Call.iowait("run", example.toString(), "--record", trace.toString()).status())
                .isEqualTo(Exit.OK);
        Call replay = Call.iowait("replay", trace.toString());
        assertThat(replay.out()).contains("equal ").contains(example.getFileName().toString());
        assertThat(replay.status()).isEqualTo(Exit.OK);
    }

    @ParameterizedTest
    @MethodSource("examples")
    void fitsTheSchema(Path example) throws IOException {
        String yaml = Files.readString(example);
        assertThat(ScenarioFile.read(example, List.of()).kind()).isEqualTo("file");
        assertThat(schema().validate(json(yaml))).isEmpty();
    }

    @Test
    void theSchemaRefusesToo() throws IOException {
        for (String bad :
                List.of(
                        "machin: {}\nworkload: {kind: jobs}",
                        "workload: {kind: job}",
                        "workload: {tasks: []}",
                        "workload: {tasks: [{steps: [comptue: 1ms]}]}",
                        "workload: {tasks: [{steps: [{repeat: 3}]}]}",
                        "workload: {tasks: [{steps: [{compute: 1ms, sleep: 1ms}]}]}",
                        "workload: {tasks: [{start: 5mz, steps: [yield]}]}",
                        "workload: {tasks: [{steps: [yield]}]}\ndevices: {d: {channels: 1}}")) {
            assertThat(schema().validate(json(bad))).as(bad).isNotEmpty();
        }
    }

    @Test
    void theSchemaKnowsTheStepsAndKindsThatTheReaderKnows() throws IOException {
        JsonNode schema = JsonMapper.shared().readTree(Files.readString(SCHEMA));
        TreeSet<String> steps = new TreeSet<>();
        for (JsonNode step : schema.at("/$defs/steps/items/oneOf")) {
            step.path("enum").forEach(word -> steps.add(word.asString()));
            step.path("required").forEach(word -> steps.add(word.asString()));
        }
        assertThat(steps).containsAll(ScenarioFile.steps());
        TreeSet<String> kinds = new TreeSet<>();
        schema.at("/$defs/kind/properties/kind/enum").forEach(kind -> kinds.add(kind.asString()));
        assertThat(names(schema.at("/properties/machine/properties")))
                .containsExactlyInAnyOrderElementsOf(ScenarioFile.machineKeys());
        assertThat(names(schema.at("/$defs/task/properties")))
                .containsExactlyInAnyOrderElementsOf(ScenarioFile.taskKeys());
        assertThat(kinds).containsExactlyInAnyOrderElementsOf(ScenarioFile.kinds());
    }

    private static List<String> names(JsonNode properties) {
        return List.copyOf(properties.propertyNames());
    }

    private static Schema schema() throws IOException {
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(Files.readString(SCHEMA));
    }

    private static JsonNode json(String yaml) {
        Object loaded = new Load(LoadSettings.builder().build()).loadFromString(yaml);
        return JsonMapper.shared().valueToTree(loaded);
    }
}
