package io.iowait.kernel;

/// Kernel code that runs when an event, a timer or an interrupt is due.
@FunctionalInterface
public interface Upcall {
    /// @param arg what was given when it was armed or raised
    /// @param cpu the CPU on which the handler runs, -1 outside the emulated CPUs (hardware)
    /// @param cause sequence number of the record that led here
    void due(int arg, int cpu, long nowNs, long cause);
}
