package io.iowait.experiment;

/// A figure by which runs are compared.
public enum Metric {
    THROUGHPUT("throughput", Unit.PER_SEC),
    LATENCY_MEAN("latency mean", Unit.TIME),
    LATENCY_P50("latency p50", Unit.TIME),
    LATENCY_P90("latency p90", Unit.TIME),
    LATENCY_P99("latency p99", Unit.TIME),
    LATENCY_MAX("latency max", Unit.TIME),
    /// From submission to delivery: inside the device, and until its interrupt is served.
    IO_WAIT("io_wait a request", Unit.TIME),
    RUN_QUEUE_WAIT("run-queue wait", Unit.TIME),
    TURNAROUND("turnaround", Unit.TIME),
    RESPONSE("first turn after", Unit.TIME),
    END("all done at", Unit.TIME),
    CPU_USER("cpu user", Unit.SHARE),
    CPU_SYSTEM("cpu system", Unit.SHARE),
    CPU_IRQ("cpu irq", Unit.SHARE),
    /// Switching, and refilling caches afterwards.
    CPU_SWITCH("cpu switch", Unit.SHARE),
    /// Idle beside a task in D sleep: Linux's iowait.
    CPU_IOWAIT("cpu iowait", Unit.SHARE),
    CPU_IDLE("cpu idle", Unit.SHARE),
    VOLUNTARY("voluntary switches", Unit.PER_SEC),
    INVOLUNTARY("involuntary switches", Unit.PER_SEC),
    /// Tasks that run or want to.
    RUN_QUEUE("run-queue length", Unit.COUNT),
    MEMORY_RESIDENT("memory resident", Unit.BYTES),
    MEMORY_RESERVED("memory reserved", Unit.BYTES);

    /// In what a figure is given.
    public enum Unit {
        PER_SEC,
        /// ns.
        TIME,
        /// 0..1.
        SHARE,
        COUNT,
        BYTES
    }

    private final String label;
    private final Unit unit;

    Metric(String label, Unit unit) {
        this.label = label;
        this.unit = unit;
    }

    public String label() {
        return label;
    }

    public Unit unit() {
        return unit;
    }
}
