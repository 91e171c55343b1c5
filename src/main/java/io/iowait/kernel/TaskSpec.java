package io.iowait.kernel;

import java.util.ArrayList;
import java.util.List;

/// How a kernel thread is to be created.
///
/// @param name of the task, or of the group when several are created in a row
/// @param classIndex index into the machine's ordered list of policies
/// @param priority 0..99, larger is more urgent (real-time classes)
/// @param nice -20..19
/// @param affinity mask of allowed CPUs among the first 64, -1 for all there are
/// @param addressSpace tasks with different numbers do not share memory
/// @param workingSetBytes what the task touches each time it runs, to be refilled when it got cold
/// @param parameters what a policy wants to know of the task and no column holds: `tickets`,
///   `expected_ns`
public record TaskSpec(
        String name,
        int classIndex,
        int priority,
        int nice,
        long affinity,
        int addressSpace,
        int workingSetBytes,
        List<Parameter> parameters) {
    public TaskSpec {
        parameters = List.copyOf(parameters);
        if (priority < 0 || priority > 99) {
            throw new IllegalArgumentException(
                    "priority must be in 0..99: priority=" + priority + " task=" + name);
        }
        if (nice < -20 || nice > 19) {
            throw new IllegalArgumentException(
                    "nice must be in -20..19: nice=" + nice + " task=" + name);
        }
    }

    void requireCpuAmong(int cpus) {
        if (Long.numberOfTrailingZeros(affinity) >= cpus) {
            throw new IllegalArgumentException(
                    "affinity must name a CPU of the machine: affinity=%x cpus=%d task=%s"
                            .formatted(affinity, cpus, name));
        }
    }

    /// An ordinary task of the last class, anywhere.
    public static TaskSpec of(String name, int classIndex) {
        return new TaskSpec(name, classIndex, 0, 0, -1L, 0, 0, List.of());
    }

    public TaskSpec withClass(int value) {
        return new TaskSpec(
                name, value, priority, nice, affinity, addressSpace, workingSetBytes, parameters);
    }

    public TaskSpec withPriority(int value) {
        return new TaskSpec(
                name, classIndex, value, nice, affinity, addressSpace, workingSetBytes, parameters);
    }

    public TaskSpec withNice(int value) {
        return new TaskSpec(
                name,
                classIndex,
                priority,
                value,
                affinity,
                addressSpace,
                workingSetBytes,
                parameters);
    }

    public TaskSpec withAffinity(long value) {
        return new TaskSpec(
                name, classIndex, priority, nice, value, addressSpace, workingSetBytes, parameters);
    }

    /// A process of its own, or one of several that share this number.
    public TaskSpec withAddressSpace(int number) {
        return new TaskSpec(
                name, classIndex, priority, nice, affinity, number, workingSetBytes, parameters);
    }

    public TaskSpec withWorkingSet(int bytes) {
        return new TaskSpec(
                name, classIndex, priority, nice, affinity, addressSpace, bytes, parameters);
    }

    /// This specification with one more parameter, or another value of it.
    public TaskSpec with(String key, long value) {
        List<Parameter> more = new ArrayList<>(parameters);
        more.removeIf(parameter -> parameter.key.equals(key));
        more.add(new Parameter(key, value));
        return new TaskSpec(
                name, classIndex, priority, nice, affinity, addressSpace, workingSetBytes, more);
    }

    /// A number under a key, found by a policy with [io.iowait.sched.Tasks#parameter].
    public record Parameter(String key, long value) {}
}
