package io.iowait.scenario;

import io.iowait.kernel.CostProfile;
import io.iowait.kernel.Defect;
import io.iowait.kernel.KernelSpec;
import io.iowait.kernel.Preemption;
import io.iowait.machine.LinuxClasses;
import io.iowait.machine.Policies;
import io.iowait.sched.Policy;
import io.iowait.sched.policy.MlfqPolicy;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// The keys by which every built-in scenario chooses its machine.
final class MachineKeys {
    private static final String POLICY = "policy";
    private static final String SLICE = "slice";
    private static final String EXACT = "exact";
    private static final String PROFILE = "profile";
    private static final String HZ = "hz";
    private static final long HZ_MAX = 100_000;
    private static final String HRTICK = "hrtick";
    private static final String PREEMPT = "preempt";
    private static final String DEFECTS = "defects";
    private static final String NO_TICKS = "zero";

    private MachineKeys() {}

    static List<Key> keys() {
        return List.of(
                Key.count("cores", 1, KernelSpec.CPUS_MAX, 1, "CPUs of the machine"),
                Key.count("seed", 0, Long.MAX_VALUE, 1, "of everything random"),
                new Key(POLICY, new Domain.PolicyName(policies()), "rr", "who runs next"),
                Key.span(SLICE, "4ms", "length of a turn (rr, mlfq, fair, lottery)"),
                Key.flag(EXACT, true, "turns end exactly, or else at the next tick (rr)"),
                MlfqKeys.LEVELS,
                MlfqKeys.BOOST,
                MlfqKeys.STAY_AFTER_IO,
                MlfqKeys.IO_BUMP,
                new Key(PROFILE, new Domain.Profile(), NO_TICKS, "what things cost"),
                new Key(
                                HZ,
                                new Domain.CountOr(PROFILE, 0, HZ_MAX),
                                PROFILE,
                                "ticks a second, 0 = none; or as the profile has it")
                        .quiet(),
                hrtick(false).quiet(),
                preempt(Preemption.NONE).quiet(),
                new Key(
                        DEFECTS,
                        new Domain.Words(defects()),
                        Domain.Words.NONE,
                        "planted on purpose, to see a law notice"));
    }

    /// Why a key of the machine has no effect beside the others.
    static Optional<String> idle(Settings settings, String key) {
        if (MlfqKeys.NAMES.contains(key)) {
            return Form.unless(settings, POLICY, MlfqKeys.POLICY);
        }
        if (key.equals(SLICE) && UserPolicies.isOne(settings.word(POLICY))) {
            return Optional.empty();
        }
        return switch (key) {
            case SLICE -> Form.unless(settings, POLICY, Policies.withSlices());
            case EXACT -> Form.unless(settings, POLICY, "rr");
            case HRTICK -> Form.unless(settings, POLICY, Policies.withTimers());
            default -> Optional.empty();
        };
    }

    /// The policies, and all classes of Linux.
    static List<String> policies() {
        return Stream.concat(Policies.names().stream(), Stream.of(LinuxClasses.NAME)).toList();
    }

    /// The defects that can be planted, as they are written.
    static List<String> defects() {
        return Arrays.stream(Defect.values()).map(MachineKeys::nameOf).toList();
    }

    /// The machine that the settings ask for, with its one class of tasks or all of Linux's.
    static KernelSpec spec(Settings settings, int tasks) {
        List<Policy> classes =
                isLinux(settings)
                        ? LinuxClasses.linux618(
                                profile(settings), settings.size("cores"), settings.flag(HRTICK))
                        : List.of(policy(settings));
        return spec(settings, tasks, classes);
    }

    /// Whether the machine has all classes of Linux.
    static boolean isLinux(Settings settings) {
        return settings.word(POLICY).equals(LinuxClasses.NAME);
    }

    /// The class of an ordinary task.
    static int ordinary(Settings settings) {
        return isLinux(settings) ? LinuxClasses.FAIR : 0;
    }

    /// A new instance of the policy that the settings ask for.
    ///
    /// @throws ScenarioException if they ask for classes of Linux, which are several
    static Policy policy(Settings settings) {
        String name = settings.word(POLICY);
        if (isLinux(settings)) {
            throw ScenarioException.value(
                    POLICY, name, "one of " + String.join(", ", Policies.names()));
        }
        long sliceNs = settings.timeNs(SLICE);
        if (name.equals(MlfqKeys.POLICY)) {
            return new MlfqPolicy(MlfqKeys.options(settings, sliceNs));
        }
        return UserPolicies.isOne(name)
                ? UserPolicies.load(name, sliceNs)
                : Policies.byName(name, sliceNs, settings.flag(EXACT), settings.flag(HRTICK));
    }

    /// The machine that the settings ask for, with these classes.
    static KernelSpec spec(Settings settings, int tasks, List<Policy> classes) {
        CostProfile profile = profile(settings);
        if (profile.hz() == 0 && settings.word(POLICY).equals("rr") && !settings.flag(EXACT)) {
            throw ScenarioException.value(
                    EXACT, "false", "true with profile=" + profile.name() + ", which has no ticks");
        }
        return KernelSpec.of(settings.size("cores"), profile, settings.count("seed"), classes)
                .withTasks(tasks)
                .withPreemption(preemption(settings, profile))
                .withDefects(defectsOf(settings));
    }

    static Key hrtick(boolean standard) {
        return Key.flag(HRTICK, standard, "turns end exactly between ticks (linux, cfs, eevdf)");
    }

    static boolean hrtick(Settings settings) {
        return settings.flag(HRTICK);
    }

    static Key preempt(Preemption standard) {
        return Key.word(PREEMPT, preemptions(), nameOf(standard), "when kernel code gives way");
    }

    /// @throws ScenarioException if a machine with this profile cannot have it
    static Preemption preemption(Settings settings, CostProfile profile) {
        Preemption chosen = Preemption.values()[preemptions().indexOf(settings.word(PREEMPT))];
        if (profile.hz() == 0 && chosen == Preemption.LAZY) {
            throw ScenarioException.value(
                    PREEMPT,
                    nameOf(chosen),
                    "another with profile=" + profile.name() + ", which has no ticks");
        }
        return chosen;
    }

    private static CostProfile profile(Settings settings) {
        CostProfile profile = ProfileText.read(settings.word(PROFILE));
        return settings.word(HZ).equals(PROFILE) ? profile : profile.withHz(settings.count(HZ));
    }

    private static Set<Defect> defectsOf(Settings settings) {
        List<String> chosen = settings.list(DEFECTS);
        return defects(chosen.equals(List.of(Domain.Words.NONE)) ? List.of() : chosen);
    }

    static Set<Defect> defects(List<String> chosen) {
        for (String name : chosen) {
            if (!defects().contains(name)) {
                throw ScenarioException.unknown("defect", name, defects());
            }
        }
        Set<Defect> planted = EnumSet.noneOf(Defect.class);
        for (Defect defect : Defect.values()) {
            if (chosen.contains(nameOf(defect))) {
                planted.add(defect);
            }
        }
        return planted;
    }

    private static List<String> preemptions() {
        return Arrays.stream(Preemption.values()).map(MachineKeys::nameOf).toList();
    }

    private static String nameOf(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
