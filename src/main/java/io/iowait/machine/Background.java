package io.iowait.machine;

import io.iowait.engine.Distribution;
import io.iowait.engine.Draws;
import io.iowait.kernel.Body;
import io.iowait.kernel.CostProfile;
import io.iowait.kernel.Kernel;
import io.iowait.kernel.Registers;
import io.iowait.kernel.Sys;
import io.iowait.kernel.TaskSpec;
import java.util.Optional;

/// The machine's own chores: one thread a CPU that wakes at random times and runs for a short
/// while.
///
/// Arrivals are Poisson, `background_per_sec` of the profile; lengths log-normal with the median
/// `background_ns`. Give it a class of its own between real-time and ordinary tasks: it preempts
/// ordinary tasks at once, as tasks of another group mostly do, and never real-time ones.
///
/// Source: docs/sources.md (recordings of a Linux 6.18 VM: 6 a second, median 9 us, sigma 1.3).
public final class Background implements Body {
    /// Begins the name of a task that does not belong to the workload.
    public static final String FOREIGN = "!";

    private static final int PURPOSE_AT = 32;
    private static final int PURPOSE_LENGTH = 33;
    private static final double SIGMA = 1.3;
    private static final double NS_PER_SEC = 1e9;

    private final Draws draws;
    private final long perSec;
    private final Distribution length;
    private final int cpu;
    private long chores;
    private boolean awake;
    private long nextNs;

    private Background(Kernel kernel, int cpu) {
        CostProfile profile = kernel.profile();
        this.draws = kernel.draws();
        this.perSec = perSec(profile);
        this.length =
                Distribution.lognormal(Math.max(1, profile.constant("background_ns", 1)), SIGMA);
        this.cpu = cpu;
    }

    private static long perSec(CostProfile profile) {
        return profile.constant("background_per_sec", 0);
    }

    /// Whether the profile knows of chores.
    public static boolean isIn(CostProfile profile) {
        return perSec(profile) > 0;
    }

    /// Prepares one thread a CPU, in that class; returns the first id, or nothing without chores.
    public static Optional<Integer> create(Kernel kernel, int classIndex) {
        if (!isIn(kernel.profile())) {
            return Optional.empty();
        }
        int first = kernel.tasks().count();
        for (int cpu = 0; cpu < kernel.cpuCount(); cpu++) {
            TaskSpec spec = TaskSpec.of(FOREIGN + "chores", classIndex);
            kernel.create(
                    cpu < Long.SIZE ? spec.withAffinity(1L << cpu) : spec,
                    new Background(kernel, cpu));
        }
        kernel.name(first, first + kernel.cpuCount() - 1, FOREIGN + "chores");
        return Optional.of(first);
    }

    @Override
    public int next(int task, long nowNs, Registers registers) {
        if (awake) {
            awake = false;
            return registers.compute(
                    Math.max(1, length.sampleNs(draws, PURPOSE_LENGTH, cpu, chores++)));
        }
        awake = true;
        double u = draws.unit(PURPOSE_AT, cpu, chores);
        nextNs = Math.max(nowNs, nextNs) + (long) (-StrictMath.log1p(-u) * NS_PER_SEC / perSec);
        return registers.syscall(Sys.CLOCK_NANOSLEEP, nextNs, 0);
    }
}
