package io.iowait.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// A program of a scenario file, built of groups of tasks that belong together.
///
/// In the steps of a group `@` stands for its number, so that the objects of one group (`queue@`)
/// are not those of another.
///
/// @param as who executes it
record ProgramDoc(String machine, String as, List<Group> groups) {
    /// When a run is left whose tasks may wait for ever.
    private static final String UNTIL = "100ms";

    ProgramDoc {
        groups = List.copyOf(groups);
    }

    /// Tasks alike.
    ///
    /// @param options further keys, `nice: 3`
    /// @param steps one step each, in YAML's flow style
    record Task(int count, List<String> options, List<String> steps) {
        Task {
            options = List.copyOf(options);
            steps = List.copyOf(steps);
        }

        String yaml(int number) {
            StringBuilder text = new StringBuilder("    - name: t%d\n".formatted(number));
            text.append("      count: %d\n".formatted(count));
            options.forEach(option -> text.append("      %s\n".formatted(option)));
            text.append("      steps:\n");
            steps.forEach(step -> text.append("        - %s\n".formatted(step)));
            return text.toString();
        }
    }

    /// Tasks that need each other.
    ///
    /// @param ends whether they end whatever the others do
    record Group(List<Task> tasks, boolean ends) {
        Group {
            tasks = List.copyOf(tasks);
        }

        static Group of(Task task) {
            return new Group(List.of(task), true);
        }
    }

    boolean ends() {
        return groups.stream().allMatch(Group::ends);
    }

    /// @param functions in YAML, indented for their section
    /// @param objects the sections that declare objects: a line each, with `@` once for each group
    String yaml(String functions, List<String> objects) {
        StringBuilder text = new StringBuilder(machine).append("\nworkload:\n");
        text.append("  as: %s\n".formatted(as));
        if (!ends()) {
            text.append("  until: %s\n".formatted(UNTIL));
        }
        text.append("  variables: {%s}\n".formatted(numbered("shared@: 0")));
        text.append("  tasks:\n");
        int number = 0;
        for (int g = 0; g < groups.size(); g++) {
            for (Task task : groups.get(g).tasks) {
                text.append(task.yaml(number++).replace("@", Integer.toString(g)));
            }
        }
        text.append("  functions:\n").append(functions);
        objects.forEach(line -> text.append(section(line)).append('\n'));
        return text.toString();
    }

    /// `queues: {plain: 1, own@: 2}` with the entries that bear `@` once for each group.
    private String section(String line) {
        int open = line.indexOf(": ") + 3;
        String entries = line.substring(open, line.length() - 1);
        List<String> all = new ArrayList<>();
        for (String entry : entries.split("; ")) {
            all.add(entry.contains("@") ? numbered(entry) : entry);
        }
        return line.substring(0, open) + String.join(", ", all) + line.charAt(line.length() - 1);
    }

    private String numbered(String entry) {
        return java.util.stream.IntStream.range(0, groups.size())
                .mapToObj(g -> entry.replace("@", Integer.toString(g)))
                .collect(Collectors.joining(", "));
    }
}
