package io.iowait.kernel;

/// How a kernel thread is to be created.
///
/// @param name of the task, or of the group when several are created in a row
/// @param classIndex index into the machine's ordered list of policies
/// @param priority 0..99, larger is more urgent (real-time classes)
/// @param nice -20..19
/// @param affinity mask of allowed CPUs among the first 64, -1 for all there are
/// @param addressSpace tasks with different numbers do not share memory
/// @param workingSetBytes what the task touches each time it runs, to be refilled when it got cold
public record TaskSpec(
        String name,
        int classIndex,
        int priority,
        int nice,
        long affinity,
        int addressSpace,
        int workingSetBytes) {
    public TaskSpec {
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
        return new TaskSpec(name, classIndex, 0, 0, -1L, 0, 0);
    }

    public TaskSpec withPriority(int value) {
        return new TaskSpec(name, classIndex, value, nice, affinity, addressSpace, workingSetBytes);
    }

    public TaskSpec withNice(int value) {
        return new TaskSpec(
                name, classIndex, priority, value, affinity, addressSpace, workingSetBytes);
    }

    public TaskSpec withAffinity(long value) {
        return new TaskSpec(name, classIndex, priority, nice, value, addressSpace, workingSetBytes);
    }

    /// A process of its own, or one of several that share this number.
    public TaskSpec withAddressSpace(int number) {
        return new TaskSpec(name, classIndex, priority, nice, affinity, number, workingSetBytes);
    }

    public TaskSpec withWorkingSet(int bytes) {
        return new TaskSpec(name, classIndex, priority, nice, affinity, addressSpace, bytes);
    }
}
