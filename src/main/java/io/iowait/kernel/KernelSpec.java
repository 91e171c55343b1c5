package io.iowait.kernel;

import io.iowait.sched.Policy;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// A kernel to be built.
///
/// @param cpus how many CPUs, 1..1024
/// @param profile what things cost
/// @param seed of everything random in the kernel (tick phase, spread of costs)
/// @param classes policies in class order, the most important first
/// @param tasks how many tasks to make room for
/// @param preemption when kernel code gives way
/// @param defects planted on purpose, normally none
public record KernelSpec(
        int cpus,
        CostProfile profile,
        long seed,
        List<Policy> classes,
        int tasks,
        Preemption preemption,
        Set<Defect> defects) {
    public static final int CPUS_MAX = 1024;

    public KernelSpec {
        if (cpus < 1 || cpus > CPUS_MAX) {
            throw new IllegalArgumentException("cpus must be in 1..1024: cpus=" + cpus);
        }
        if (classes.isEmpty()) {
            throw new IllegalArgumentException("a machine needs a scheduling class: classes=[]");
        }
        classes = List.copyOf(classes);
        defects = defects.isEmpty() ? EnumSet.noneOf(Defect.class) : EnumSet.copyOf(defects);
    }

    public static KernelSpec of(int cpus, CostProfile profile, long seed, List<Policy> classes) {
        return new KernelSpec(
                cpus, profile, seed, classes, 16, Preemption.NONE, EnumSet.noneOf(Defect.class));
    }

    public KernelSpec withTasks(int count) {
        return new KernelSpec(cpus, profile, seed, classes, count, preemption, defects);
    }

    public KernelSpec withPreemption(Preemption model) {
        return new KernelSpec(cpus, profile, seed, classes, tasks, model, defects);
    }

    public KernelSpec withDefects(Set<Defect> planted) {
        return new KernelSpec(cpus, profile, seed, classes, tasks, preemption, planted);
    }
}
