package io.iowait.scenario;

import io.iowait.kernel.TaskSpec;
import io.iowait.machine.LinuxClasses;
import io.iowait.scenario.YamlDoc.Field;
import io.iowait.sched.linux.Admission;
import io.iowait.sched.linux.EevdfPolicy;
import io.iowait.sched.linux.SchedAttributes;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.snakeyaml.engine.v2.nodes.Node;

/// What a task of a scenario file asks of Linux's scheduling classes, as `sched_setattr` would:
/// `sched`, `slice`, `dl`, and what `priority` and `nice` mean beside them.
///
/// Source: Linux 6.18 `kernel/sched/syscalls.c`. Differs: what has no effect is refused, and so is
/// a slice that the kernel would clamp.
final class SchedKeys {
    static final String SCHED = "sched";
    static final String SLICE = "slice";
    static final String DL = "dl";

    /// The keys that only Linux's classes read.
    static final List<String> NAMES = List.of(SCHED, SLICE, DL);

    private static final String PRIORITY = "priority";
    private static final String NICE = "nice";
    private static final String PERIOD = "period";
    private static final List<String> DL_KEYS = List.of("runtime", "deadline", PERIOD);

    private final YamlDoc doc;
    private final Declarations names;

    /// @param policy one of [SchedAttributes]
    /// @param sliceNs request of a fair task; 0: the kernel's
    /// @param runtimeNs of a deadline task, as the next two
    record Asked(int policy, long sliceNs, long runtimeNs, long deadlineNs, long periodNs) {
        /// Of a task that says nothing.
        static final Asked NOTHING = new Asked(SchedAttributes.OTHER, 0, 0, 0, 0);

        boolean isDeadline() {
            return policy == SchedAttributes.DEADLINE;
        }

        int leastPriority() {
            return LinuxClasses.of(policy) == LinuxClasses.REAL_TIME ? 1 : 0;
        }

        /// A task in its class.
        TaskSpec spec(String name, int priority, int nice) {
            int index = LinuxClasses.of(policy);
            TaskSpec spec = TaskSpec.of(name, index).withNice(nice);
            if (index == LinuxClasses.REAL_TIME) {
                spec = spec.withPriority(Math.max(1, priority));
            }
            if (policy != SchedAttributes.OTHER) {
                spec = spec.with(SchedAttributes.POLICY, policy);
            }
            if (sliceNs > 0) {
                spec = spec.with(SchedAttributes.SLICE_NS, sliceNs);
            }
            return isDeadline()
                    ? spec.with(SchedAttributes.DL_RUNTIME_NS, runtimeNs)
                            .with(SchedAttributes.DL_DEADLINE_NS, deadlineNs)
                            .with(SchedAttributes.DL_PERIOD_NS, periodNs)
                    : spec;
        }
    }

    SchedKeys(YamlDoc doc, Declarations names) {
        this.doc = doc;
        this.names = names;
    }

    /// @param policy of the file's own machine; who only runs it under another one may compare
    Asked read(Map<String, Field> fields, String policy) {
        if (!policy.equals(LinuxClasses.NAME)) {
            NAMES.forEach(name ->
                    refuse(
                            fields,
                            name,
                            "beside policy=%s, which does not use it, expected policy=linux"
                                    .formatted(policy)));
            return Asked.NOTHING;
        }
        String word = names.word(fields.get(SCHED), words());
        int sched = SchedAttributes.policy(word.toUpperCase(Locale.ROOT));
        int index = LinuxClasses.of(sched);
        String beside = "with sched=%s, which does not use it, expected sched=".formatted(word);
        if (index != LinuxClasses.REAL_TIME) {
            refuse(fields, PRIORITY, beside + "fifo or rr");
        }
        if (index != LinuxClasses.FAIR) {
            refuse(fields, SLICE, beside + "other, batch or idle");
        }
        if (index != LinuxClasses.FAIR || sched == SchedAttributes.IDLE) {
            refuse(fields, NICE, beside + "other or batch");
        }
        if (sched == SchedAttributes.DEADLINE) {
            return deadline(fields);
        }
        refuse(fields, DL, beside + "deadline");
        return new Asked(sched, index == LinuxClasses.FAIR ? sliceNs(fields) : 0, 0, 0, 0);
    }

    /// The scheduling policies as they are written, the ordinary one first.
    static List<String> words() {
        return SchedAttributes.policies().stream()
                .map(name -> name.toLowerCase(Locale.ROOT))
                .toList();
    }

    private void refuse(Map<String, Field> fields, String name, String why) {
        Field field = fields.get(name);
        if (field != null) {
            doc.problem(field.key(), name + ": found " + why);
        }
    }

    private long sliceNs(Map<String, Field> fields) {
        Field field = fields.get(SLICE);
        long ns = names.timeNs(field, 0);
        if (field != null && (ns < EevdfPolicy.SLICE_NS_MIN || ns > EevdfPolicy.SLICE_NS_MAX)) {
            doc.problem(
                    field.value(),
                    "slice: found %s, expected a time from %s to %s"
                            .formatted(
                                    Units.time(ns),
                                    Units.time(EevdfPolicy.SLICE_NS_MIN),
                                    Units.time(EevdfPolicy.SLICE_NS_MAX)));
        }
        return ns;
    }

    private Asked deadline(Map<String, Field> fields) {
        Field dl = fields.get(DL);
        if (dl == null) {
            Field sched = fields.get(SCHED);
            if (sched != null) {
                doc.problem(
                        sched.key(),
                        "sched: found deadline without 'dl', expected one such as dl: {runtime: 5ms, deadline: 20ms, period: 20ms}");
            }
            return Asked.NOTHING;
        }
        Map<String, Field> times = doc.fields(dl.value(), DL, DL_KEYS);
        for (String name : List.of("runtime", "deadline")) {
            if (!times.containsKey(name)) {
                doc.problem(dl.key(), "dl: found no '%s', expected one".formatted(name));
                return Asked.NOTHING;
            }
        }
        long deadlineNs = names.timeNs(times.get("deadline"), 0);
        return new Asked(
                SchedAttributes.DEADLINE,
                0,
                names.timeNs(times.get("runtime"), 0),
                deadlineNs,
                names.timeNs(times.get(PERIOD), deadlineNs));
    }

    /// Asks the kernel to take the deadline tasks.
    void admit(Admission admission, Node at, String task, int count, Asked asked) {
        try {
            for (int i = 0; asked.isDeadline() && i < count; i++) {
                admission.admit(task, asked.runtimeNs, asked.deadlineNs, asked.periodNs);
            }
        } catch (IllegalArgumentException e) {
            doc.problem(at, "dl: " + e.getMessage());
        }
    }
}
