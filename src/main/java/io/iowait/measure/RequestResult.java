package io.iowait.measure;

/// What a window of a run of requests came to.
///
/// @param runtime the scenario's word for it: `threads`, `loop`, `pool`, ..
/// @param clients that send requests, or connections
/// @param window that was measured
/// @param latency from the time at which a request was due to its reply
/// @param cpu where the CPU time went
/// @param counts how often things happened
/// @param waits for what requests waited
/// @param memory by the profile's constants
public record RequestResult(
        String runtime,
        long clients,
        Window window,
        Latency latency,
        CpuBreakdown cpu,
        Counts counts,
        Waits waits,
        Memory memory) {
    /// Numbers of records in the window.
    ///
    /// @param voluntary switches away from a task that blocked or ended (`nvcsw`)
    /// @param involuntary switches away from a task that could have gone on (`nivcsw`)
    /// @param wakeups of sleeping tasks
    /// @param loopIterations returns from epoll_wait
    /// @param syscalls entered
    /// @param interrupts of timers and devices
    /// @param timers that expired
    /// @param rejected requests that were refused, and so are not among the requests
    public record Counts(
            long voluntary,
            long involuntary,
            long wakeups,
            long loopIterations,
            long syscalls,
            long interrupts,
            long timers,
            long rejected) {}

    /// Times in ns, of all requests of the window together.
    ///
    /// @param deviceNs inside devices: told by the records, or by the fact `device_ns`
    /// @param timerLateNs from a timer's earliest expiry until its interrupt served it
    /// @param runQueueNs that the answering tasks could run and had no CPU
    /// @param ownCpuNs that the answering tasks were on a CPU, interrupts not counted
    /// @param runnableMean tasks that run or want to, mean over the window
    /// @param runnableMax and their greatest number
    public record Waits(
            double deviceNs,
            long timerLateNs,
            long runQueueNs,
            long ownCpuNs,
            double runnableMean,
            int runnableMax) {}

    public long requests() {
        return latency.count();
    }

    /// Whether connections are entries of an epoll set rather than threads.
    public boolean isLoop() {
        return isLoop(runtime);
    }

    /// Whether requests are served by entries of a loop, by the word for who executes what.
    static boolean isLoop(String runtime) {
        return runtime.startsWith("loop")
                || runtime.startsWith("asyncio")
                || runtime.equals("node");
    }

    public double throughputPerSec() {
        return window.perSec(requests());
    }

    public double voluntaryPerSec() {
        return window.perSec(counts.voluntary());
    }

    public double involuntaryPerSec() {
        return window.perSec(counts.involuntary());
    }

    /// Switches away from tasks, voluntary or not; those away from idle are not counted, as in
    /// Linux.
    public double switchesPerSec() {
        return voluntaryPerSec() + involuntaryPerSec();
    }

    public double wakeupsPerSec() {
        return window.perSec(counts.wakeups());
    }

    public double loopIterationsPerSec() {
        return window.perSec(counts.loopIterations());
    }

    /// @param total of all requests of the window
    public double perRequest(double total) {
        return requests() == 0 ? 0 : total / requests();
    }
}
