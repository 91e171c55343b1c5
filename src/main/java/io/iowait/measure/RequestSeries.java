package io.iowait.measure;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TraceConsumer;
import java.util.Arrays;

/// Every request's reply and latency in the order of replies: for batch means and for finding the
/// end of the warm-up.
public final class RequestSeries implements TraceConsumer {
    private static final int ROOM = 1024;

    private final Window window;
    private long[] repliedNs = new long[ROOM];
    private long[] latencyNs = new long[ROOM];
    private int count;

    /// Of the replies in a window.
    public RequestSeries(Window window) {
        this.window = window;
    }

    @Override
    public long wants() {
        return Kind.mask(Kind.REQUEST_END);
    }

    @Override
    public void block(Block block) {
        for (int i = 0; i < block.count(); i++) {
            if (block.kind(i) == Kind.REQUEST_END && window.holds(block.t(i))) {
                add(block.t(i), block.t(i) - block.b(i));
            }
        }
    }

    private void add(long t, long ns) {
        if (count == repliedNs.length) {
            repliedNs = Arrays.copyOf(repliedNs, 2 * count);
            latencyNs = Arrays.copyOf(latencyNs, 2 * count);
        }
        repliedNs[count] = t;
        latencyNs[count++] = ns;
    }

    public int count() {
        return count;
    }

    /// When the i-th reply was given.
    public long repliedNs(int i) {
        return repliedNs[i];
    }

    /// The latencies, oldest first.
    public double[] latenciesNs() {
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] = latencyNs[i];
        }
        return values;
    }

    /// Replies in each of so many equal parts of the window.
    public long[] countsByBatch(int batches) {
        long[] counts = new long[batches];
        for (int i = 0; i < count; i++) {
            counts[batchOf(i, batches)]++;
        }
        return counts;
    }

    /// Sums of the latencies in each part.
    public double[] sumsByBatchNs(int batches) {
        double[] sums = new double[batches];
        for (int i = 0; i < count; i++) {
            sums[batchOf(i, batches)] += latencyNs[i];
        }
        return sums;
    }

    private int batchOf(int i, int batches) {
        double passed = repliedNs[i] - window.fromNs();
        return Math.min(batches - 1, (int) (passed / window.lengthNs() * batches));
    }
}
