package io.iowait.scenario;

import io.iowait.kernel.TaskSpec;
import io.iowait.machine.LinuxClasses;
import io.iowait.sched.linux.Admission;
import io.iowait.sched.linux.EevdfPolicy;
import io.iowait.sched.linux.SchedAttributes;
import io.iowait.sched.policy.LotteryPolicy;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What the threads of the request program ask of the scheduler, by what they are for:
/// `priority=worker:10`, `sched=conn:batch,loop:fifo`, `slices=conn:1ms`, `dl=loop:5ms/20ms`.
///
/// Beside `policy=linux` a priority without `sched` means SCHED_FIFO.
final class RoleKeys {
    static final String SCHED = "sched";
    static final String SLICES = "slices";
    static final String DL = "dl";
    private static final String PRIORITY = "priority";
    private static final String NICE = "nice";

    private final Settings settings;
    private final Admission admission;

    RoleKeys(Settings settings) {
        this.settings = settings;
        this.admission = new Admission(settings.size("cores"));
    }

    static List<Key> keys() {
        return List.of(
                key(
                        NICE,
                        new Domain.Number(-20, 19),
                        "fair: nice values of threads, by what they are for"),
                key(
                        PRIORITY,
                        new Domain.Number(0, 99),
                        "priority, linux (SCHED_FIFO): larger is more urgent, by role"),
                key("tickets", new Domain.Number(1, 1_000_000), "lottery, fair: shares, by role"),
                key(
                        SCHED,
                        new Domain.Word(SchedKeys.words()),
                        "linux: scheduling policies, by role"),
                key(
                        SLICES,
                        new Domain.TimeIn(EevdfPolicy.SLICE_NS_MIN, EevdfPolicy.SLICE_NS_MAX),
                        "linux: requests of fair threads, by role"),
                key(DL, new Domain.Budget(), "linux: budgets of deadline threads, by role"));
    }

    private static Key key(String name, Domain value, String about) {
        Domain domain = new Domain.Roles(Serving.ROLES, value);
        return new Key(name, domain, Domain.Roles.NONE, about).quiet();
    }

    /// The specification with what its role asks for.
    ///
    /// @param count of such threads
    /// @throws ScenarioException if the keys do not go together, or the kernel would not take them
    TaskSpec of(TaskSpec spec, int count) {
        TaskSpec own = spec;
        String role = spec.name();
        Optional<String> nice = value(NICE, role);
        Optional<String> tickets = value("tickets", role);
        if (nice.isPresent()) {
            own = own.withNice(Integer.parseInt(nice.get()));
        }
        if (tickets.isPresent()) {
            own = own.with(LotteryPolicy.TICKETS, Long.parseLong(tickets.get()));
        }
        int priority = value(PRIORITY, role).map(Integer::parseInt).orElse(0);
        return MachineKeys.isLinux(settings)
                ? linux(own, role, priority, count)
                : own.withPriority(priority);
    }

    private TaskSpec linux(TaskSpec spec, String role, int priority, int count) {
        Optional<String> sched = value(SCHED, role);
        String word = sched.orElse(priority > 0 ? "fifo" : "other");
        int policy = SchedAttributes.policy(word.toUpperCase(Locale.ROOT));
        int index = LinuxClasses.of(policy);
        refuse(PRIORITY, role, word, index == LinuxClasses.REAL_TIME, "fifo or rr");
        refuse(SLICES, role, word, index == LinuxClasses.FAIR, "other, batch or idle");
        refuse(DL, role, word, index == LinuxClasses.DEADLINE, "deadline");
        boolean isNiced = index == LinuxClasses.FAIR && policy != SchedAttributes.IDLE;
        refuse(NICE, role, word, isNiced, "other or batch");
        TaskSpec own = spec.withClass(index);
        if (index == LinuxClasses.REAL_TIME) {
            own = own.withPriority(Math.max(1, priority));
        }
        if (sched.isPresent()) {
            own = own.with(SchedAttributes.POLICY, policy);
        }
        Optional<String> slice = value(SLICES, role);
        if (slice.isPresent()) {
            own = own.with(SchedAttributes.SLICE_NS, Units.timeNs(SLICES, slice.get()));
        }
        return index == LinuxClasses.DEADLINE ? deadline(own, role, count) : own;
    }

    private TaskSpec deadline(TaskSpec spec, String role, int count) {
        String[] times =
                value(DL, role)
                        .orElseThrow(() ->
                                new ScenarioException(
                                        "sched: found %s:deadline without dl, expected one such as dl=%s:5ms/20ms"
                                                .formatted(role, role)))
                        .split("/");
        long runtimeNs = Units.timeNs(DL, times[0]);
        long deadlineNs = Units.timeNs(DL, times[1]);
        long periodNs = times.length > 2 ? Units.timeNs(DL, times[2]) : deadlineNs;
        try {
            for (int i = 0; i < count; i++) {
                admission.admit(role, runtimeNs, deadlineNs, periodNs);
            }
        } catch (IllegalArgumentException e) {
            throw new ScenarioException("dl: " + e.getMessage());
        }
        return spec.with(SchedAttributes.DL_RUNTIME_NS, runtimeNs)
                .with(SchedAttributes.DL_DEADLINE_NS, deadlineNs)
                .with(SchedAttributes.DL_PERIOD_NS, periodNs);
    }

    private void refuse(String key, String role, String sched, boolean goes, String expected) {
        if (!goes && value(key, role).filter(value -> !value.equals("0")).isPresent()) {
            throw new ScenarioException(
                    "%s: found %s with sched=%s, which does not use it, expected sched=%s"
                            .formatted(key, role, sched, expected));
        }
    }

    /// The value of a key for a role.
    Optional<String> value(String key, String role) {
        String start = role + ":";
        return settings.list(key).stream()
                .filter(part -> part.startsWith(start))
                .map(part -> part.substring(start.length()))
                .findFirst();
    }
}
