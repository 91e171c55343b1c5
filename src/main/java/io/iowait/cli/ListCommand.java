package io.iowait.cli;

import io.iowait.machine.Profiles;
import io.iowait.scenario.Key;
import io.iowait.scenario.ScenarioFile;
import io.iowait.scenario.Scenarios;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `iowait list`: what there is to choose from.
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description = "Lists scenarios, policies, profiles and defects, or the keys of a scenario.",
        footer = {"", "Examples:", "  iowait list", "  iowait list flagship"})
final class ListCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "SCENARIO", description = "Whose keys to show.")
    private @Nullable String scenario;

    @Option(names = "--json", description = "Answer in JSON.")
    private boolean json;

    @Override
    public Integer call() {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        if (json) {
            Json.print(out, scenario == null ? everything() : keysOf(scenario));
        } else if (scenario == null) {
            printEverything(out);
        } else {
            for (Key key : keys(scenario)) {
                String values = key.domain().describe();
                String shown = key.name() + "=" + key.standard();
                out.printf("%-24s %s (%s)%n", shown, key.about(), values);
            }
        }
        return Exit.OK;
    }

    private static List<Key> keys(String scenario) {
        Path path = Path.of(scenario);
        return ScenarioFile.isOne(path) && Files.exists(path)
                ? ScenarioFile.read(path, List.of()).keys()
                : Scenarios.keys(scenario);
    }

    private static void printEverything(PrintWriter out) {
        String group = "";
        for (Scenarios.Builtin builtin : Scenarios.builtins()) {
            if (!builtin.group().equals(group)) {
                group = builtin.group();
                out.println(group);
            }
            out.printf("  %-20s %s%n", builtin.name(), builtin.about());
        }
        out.println("policies  " + String.join(" ", Scenarios.policies()));
        out.println("profiles  " + String.join(" ", Profiles.names()));
        out.println("defects   " + String.join(" ", Scenarios.defects()));
    }

    private static ObjectNode everything() {
        ObjectNode document = Json.object();
        ArrayNode scenarios = document.putArray("scenarios");
        for (Scenarios.Builtin builtin : Scenarios.builtins()) {
            scenarios
                    .addObject()
                    .put("name", builtin.name())
                    .put("group", builtin.group())
                    .put("kind", builtin.kind())
                    .put("about", builtin.about());
        }
        Scenarios.policies().forEach(document.putArray("policies")::add);
        Profiles.names().forEach(document.putArray("profiles")::add);
        Scenarios.defects().forEach(document.putArray("defects")::add);
        return document;
    }

    private static ObjectNode keysOf(String scenario) {
        ObjectNode document = Json.object().put("scenario", scenario);
        ArrayNode keys = document.putArray("keys");
        for (Key key : keys(scenario)) {
            keys.addObject()
                    .put("name", key.name())
                    .put("default", key.standard())
                    .put("values", key.domain().describe())
                    .put("about", key.about());
        }
        return document;
    }
}
