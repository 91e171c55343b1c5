package io.iowait.kernel;

/// Hears of each choice of a policy: who runs next where, and why. Not part of a run: it changes
/// nothing, and costs only when somebody listens.
@FunctionalInterface
public interface PickListener {
    void picked(int cpu, int task, long nowNs, String why);
}
