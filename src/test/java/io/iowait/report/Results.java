package io.iowait.report;

import io.iowait.measure.CpuBreakdown;
import io.iowait.measure.Latency;
import io.iowait.measure.Memory;
import io.iowait.measure.RequestResult;
import io.iowait.measure.Window;
import java.util.List;

/// Made-up results of a window of one second on one CPU.
final class Results {
    private static final long SEC = 1_000_000_000L;

    private Results() {}

    /// A result whose requests each take so much CPU time; the rest of the second is idle.
    static RequestResult of(
            String runtime,
            long clients,
            long requests,
            double p50Ns,
            long computeNs,
            long irqNs,
            long refillNs) {
        boolean isLoop = runtime.equals("loop");
        long own = requests * computeNs;
        long irq = requests * irqNs;
        long refill = requests * refillNs;
        long idle = SEC - own - irq - refill;
        long p50 = (long) p50Ns;
        return new RequestResult(
                runtime,
                clients,
                new Window(0, SEC),
                new Latency(requests, p50Ns, p50, p50, p50, p50),
                new CpuBreakdown(1, 0, SEC, List.of(own, 0L, irq, 0L, refill, 0L, idle, 0L)),
                new RequestResult.Counts(
                        isLoop ? 0 : 2 * requests,
                        0,
                        2 * requests,
                        isLoop ? 100 : 0,
                        4 * requests,
                        requests,
                        2 * requests,
                        0),
                new RequestResult.Waits(
                        2_000_000.0 * requests,
                        20_000 * requests,
                        isLoop ? 0 : 10_000 * requests,
                        50_000 * requests,
                        1,
                        2),
                new Memory(clients * (isLoop ? 92 : 8_753), clients * 8_384_582L, clients));
    }

    /// Threads and loop with 100 and 1000 clients, as fast as recorded.
    static List<RequestResult> asRecorded() {
        return List.of(
                of("threads", 100, 8_100, 2_220_000, 50_000, 31_000, 3_600),
                of("loop", 100, 8_100, 2_200_000, 50_000, 32_000, 0),
                of("threads", 1_000, 10_416, 80_000_000, 50_000, 36_000, 10_000),
                of("loop", 1_000, 11_904, 74_000_000, 50_000, 34_000, 0));
    }
}
