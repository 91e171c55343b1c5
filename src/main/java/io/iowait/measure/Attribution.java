package io.iowait.measure;

import io.iowait.tracepoint.CpuTime;
import java.util.ArrayList;
import java.util.List;

/// Where each microsecond of a request went: two lists of rows, each of which adds up exactly.
///
/// - *CPU*: the time of all CPUs divided by the requests answered, by bucket. The sum is `cpus /
///   throughput`; when the CPUs are never idle, this is what a request costs.
/// - *Latency*: from due to answered, in the mean. Inside the device; until its timers were served;
///   waiting for a CPU; its own work on a CPU; and the rest, which is waiting inside the loop (or
///   for a lock) and being interrupted. Times that overlap (a device works while the thread is
///   still on its way to sleep) are told once: as own work first, then as waiting for a CPU, for a
///   timer, for the device.
///
/// @param cpu rows by bucket of [CpuTime]
/// @param latency rows of the mean latency
public record Attribution(List<Row> cpu, List<Row> latency) {
    private static final List<String> CPU_LABELS =
            List.of(
                    "compute",
                    "syscall",
                    "interrupt",
                    "switch",
                    "cache refill",
                    "idle exit",
                    "idle",
                    "idle, task in D sleep");

    /// The order in which the buckets are told: the program's own first, then what it costs to
    /// wait.
    private static final int[] CPU_ORDER = {
        CpuTime.USER,
        CpuTime.SYSTEM,
        CpuTime.SWITCH,
        CpuTime.REFILL,
        CpuTime.IRQ,
        CpuTime.IDLE_EXIT,
        CpuTime.IDLE,
        CpuTime.IOWAIT
    };

    /// Some ns of a request, and where they went.
    public record Row(String label, double ns) {}

    public Attribution {
        cpu = List.copyOf(cpu);
        latency = List.copyOf(latency);
    }

    /// The attribution of a result; empty lists where nothing was measured.
    public static Attribution of(RequestResult result) {
        boolean empty = result.requests() == 0;
        return new Attribution(
                empty || !result.cpu().isKnown() ? List.of() : cpuRows(result),
                empty ? List.of() : latencyRows(result));
    }

    private static List<Row> cpuRows(RequestResult result) {
        List<Row> rows = new ArrayList<>();
        for (int bucket : CPU_ORDER) {
            double ns = result.perRequest(result.cpu().ns(bucket));
            rows.add(new Row(CPU_LABELS.get(bucket), ns));
        }
        return rows;
    }

    private static List<Row> latencyRows(RequestResult result) {
        RequestResult.Waits waits = result.waits();
        double leftNs = result.latency().meanNs();
        double own = Math.min(leftNs, result.perRequest(waits.ownCpuNs()));
        leftNs -= own;
        double queue = Math.min(leftNs, result.perRequest(waits.runQueueNs()));
        leftNs -= queue;
        double late = Math.min(leftNs, result.perRequest(waits.timerLateNs()));
        leftNs -= late;
        double device = Math.min(leftNs, result.perRequest(waits.deviceNs()));
        String rest = result.isLoop() ? "queueing in the loop" : "interrupted and other";
        return List.of(
                new Row("device", device),
                new Row("timers late", late),
                new Row("run queue", queue),
                new Row("own CPU", own),
                new Row(rest, leftNs - device));
    }

    public static double total(List<Row> rows) {
        return rows.stream().mapToDouble(Row::ns).sum();
    }

    /// What the label's row says, 0 when there is no such row.
    public static double ns(List<Row> rows, String label) {
        return rows.stream().filter(row -> row.label().equals(label)).mapToDouble(Row::ns).sum();
    }

    /// The rows in whole units of `unitNs`; they add up to the rounded total.
    public static long[] units(List<Row> rows, long unitNs) {
        return Apportion.units(rows.stream().mapToDouble(row -> row.ns() / unitNs).toArray());
    }
}
