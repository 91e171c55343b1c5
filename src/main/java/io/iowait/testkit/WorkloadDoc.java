package io.iowait.testkit;

import java.util.List;
import java.util.stream.Collectors;

/// A workload as a value that generators build and shrink, and that prints itself as the
/// `workload.json` which `iowait run` reads.
///
/// @param objects `["mutex", "m0"]`, `["sem", "s0", 1]`: in JSON
public record WorkloadDoc(
        String name, int cpus, long durationNs, List<String> objects, List<ThreadDoc> threads) {
    public WorkloadDoc {
        objects = List.copyOf(objects);
        threads = List.copyOf(threads);
    }

    /// One thread, or `count` alike.
    ///
    /// @param attributes further members, in JSON: `"policy": "FIFO"`, `"nice": 5`
    /// @param affinity the CPUs where it may run; empty: all
    /// @param ops one operation each, in JSON: `["run", 1000]`
    public record ThreadDoc(
            String name,
            int count,
            List<String> attributes,
            List<Integer> affinity,
            List<String> ops) {
        public ThreadDoc {
            attributes = List.copyOf(attributes);
            affinity = List.copyOf(affinity);
            ops = List.copyOf(ops);
        }

        String toJson() {
            String more = attributes.stream().map(", "::concat).collect(Collectors.joining());
            String where = affinity.isEmpty() ? "" : ", \"affinity\": " + affinity;
            return "    {\"name\": \"%s\", \"count\": %d%s%s,\n     \"program\": [%s]}"
                    .formatted(name, count, more, where, String.join(", ", ops));
        }
    }

    /// The file, as people would write it.
    public String toJson() {
        return """
        {
          "name": "%s",
          "duration_ns": %d,
          "cpus": %d,
          "timer_slack_ns": 50000,
          "objects": [%s],
          "threads": [
        %s
          ]
        }
        """
                .formatted(
                        name,
                        durationNs,
                        cpus,
                        String.join(", ", objects),
                        threads.stream().map(ThreadDoc::toJson).collect(Collectors.joining(",\n")));
    }

    @Override
    public String toString() {
        return toJson();
    }
}
