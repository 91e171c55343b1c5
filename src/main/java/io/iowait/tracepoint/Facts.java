package io.iowait.tracepoint;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// What must be known to read or rerun a trace: ordered key-value lines at its head.
///
/// Well-known keys: `version`, `scenario` (verbatim), `seed`, `cpus`, `hz`, `profile`, `classes`
/// (policy names in class order), `traits.<i>`, `flavour.<loop>`, `functions.<loop>`, and
/// `tasks.<first>-<last>` with the name of a run of task ids (`<name>` alone, or `<name>.0 ...`
/// when the run is longer than 1). For readers: `syscalls` (names by number, between spaces),
/// `runtime` (`threads`, `loop`), `clients`, `device_ns` (mean time of a request's device
/// operation), `thread_resident_bytes`, `thread_virtual_bytes`, `connection_bytes_epoll`,
/// `task_bytes` (a coroutine of a loop).
public final class Facts {
    private final Map<String, String> lines;

    private Facts(Map<String, String> lines) {
        this.lines = lines;
    }

    public static Builder builder() {
        return new Builder();
    }

    public static Facts none() {
        return builder().build();
    }

    /// All lines, in the order in which they were added.
    public Map<String, String> lines() {
        return lines;
    }

    public Optional<String> get(String key) {
        return Optional.ofNullable(lines.get(key));
    }

    public String get(String key, String otherwise) {
        return lines.getOrDefault(key, otherwise);
    }

    public long getLong(String key, long otherwise) {
        String text = lines.get(key);
        return text == null ? otherwise : Long.parseLong(text);
    }

    /// The name of a task by the `tasks.` lines; `idle` for -1, `task-<id>` when nothing is known.
    public String taskName(int task) {
        if (task < 0) {
            return "idle";
        }
        for (Map.Entry<String, String> line : lines.entrySet()) {
            String key = line.getKey();
            if (!key.startsWith("tasks.")) {
                continue;
            }
            int dash = key.indexOf('-');
            int first = Integer.parseInt(key.substring("tasks.".length(), dash));
            int last = Integer.parseInt(key.substring(dash + 1));
            if (task >= first && task <= last) {
                return first == last ? line.getValue() : line.getValue() + "." + (task - first);
            }
        }
        return "task-" + task;
    }

    /// Collects lines; a key given twice keeps its place and takes the later value.
    public static final class Builder {
        private final Map<String, String> lines = new LinkedHashMap<>();

        public Builder put(String key, Object value) {
            lines.put(key, value.toString());
            return this;
        }

        /// Names the tasks first..last.
        public Builder tasks(int first, int last, String name) {
            return put("tasks." + first + "-" + last, name);
        }

        public Facts build() {
            return new Facts(java.util.Collections.unmodifiableMap(new LinkedHashMap<>(lines)));
        }
    }
}
