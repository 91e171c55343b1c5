package io.iowait.report;

import io.iowait.tracepoint.Facts;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// What the things of a trace are called: by its facts where they say, else by their numbers.
///
/// | fact | says |
/// |---|---|
/// | `lock_name.<id>` | the name of a mutex or semaphore |
/// | `semaphore.<id>` | that it is a semaphore, and its value at first |
/// | `barrier_name.<id>`, `barrier.<id>` | the name, and how many have to come |
/// | `condition_name.<id>` | the name |
/// | `descriptor.<fd>` | `pipe p (to read)` |
/// | `device.<id>` | the name |
/// | `channels.<device>` | how many requests the device serves at once |
final class ThingNames {
    /// The descriptor in the first argument of epoll_wait; its other half is maxevents.
    private static final long DESCRIPTOR = 0xFFFF_FFFFL;

    private static final String SEMAPHORE = "semaphore.";

    private final Facts facts;
    private final String[] calls;

    ThingNames(Facts facts) {
        this.facts = facts;
        this.calls = facts.get("syscalls", "").split(" ");
    }

    String task(int task) {
        return facts.taskName(task);
    }

    String lock(long id) {
        Optional<String> name = facts.get("lock_name." + id);
        String kind = facts.get(SEMAPHORE + id).isPresent() ? "semaphore " : "mutex ";
        return name.map(told -> kind + told).orElse("lock " + id);
    }

    /// The first value of each semaphore, by its id.
    SortedMap<Long, Long> semaphores() {
        SortedMap<Long, Long> values = new TreeMap<>();
        facts.lines()
                .forEach((key, value) -> {
                    if (key.startsWith(SEMAPHORE)) {
                        long id = Long.parseLong(key.substring(SEMAPHORE.length()));
                        values.put(id, Long.parseLong(value));
                    }
                });
        return values;
    }

    String device(long id) {
        return facts.get("device." + id, "device " + id);
    }

    /// How many requests a device serves at once; 0: as many as come, or not told.
    long channels(long device) {
        return facts.getLong("channels." + device, 0);
    }

    /// The name of a class; its number where the facts name none.
    String policy(int policyClass) {
        String[] classes = facts.get("classes", "").split(" ");
        return policyClass < 0
                ? ""
                : policyClass < classes.length && !classes[policyClass].isEmpty()
                        ? classes[policyClass]
                        : "class " + policyClass;
    }

    /// Whether all CPUs pick a class's tasks from one queue.
    boolean isCentral(int policyClass) {
        return facts.get("traits." + policyClass, "central").startsWith("central");
    }

    /// A system call as it was entered: `read(3)`.
    String call(long number, long argument) {
        String name = callName(number);
        return "%s(%d)"
                .formatted(name, name.equals("epoll_wait") ? argument & DESCRIPTOR : argument);
    }

    String callName(long number) {
        boolean isNamed = number >= 0 && number < calls.length && !calls[(int) number].isEmpty();
        return isNamed ? calls[(int) number] : "call_" + number;
    }

    /// For what a task sleeps in that call; empty where the call says it all.
    String waitedFor(long number, long argument) {
        return switch (callName(number)) {
            case "futex_wait" -> lock(argument);
            case "barrier" -> barrier(argument);
            case "cond_wait" ->
                    "condition " + facts.get("condition_name." + argument, "" + argument);
            case "accept" -> descriptor(argument);
            case "read", "write" -> facts.get("descriptor." + argument, "");
            default -> "";
        };
    }

    private String barrier(long id) {
        String name = "barrier " + facts.get("barrier_name." + id, "" + id);
        return facts.get("barrier." + id)
                .map(parties -> "%s (%s parties)".formatted(name, parties))
                .orElse(name);
    }

    private String descriptor(long fd) {
        return facts.get("descriptor." + fd, "descriptor " + fd);
    }
}
