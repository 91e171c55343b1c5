package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;

/// I5: over a window that starts and ends empty, the integral of the number of requests in a device
/// is the sum of their times in it.
///
/// The left side counts arrivals and departures only, the right side knows each request by name: a
/// departure that belongs to another device, or an arrival with another time, tears them apart.
///
/// Source: J. D. C. Little, "A Proof for the Queuing Formula L = λW", 1961; the sample-path form.
final class LittlesLaw extends Law {
    private final LoopRows devices = new LoopRows();
    private final LongMap arrivedNs = new LongMap();
    private long[] present = new long[0]; // by device row
    private long[] sinceNs = new long[0];
    private long[] integral = new long[0];
    private long[] sojournNs = new long[0];

    LittlesLaw() {
        super("I5", "Little's law holds exactly", Scope.IO);
    }

    @Override
    public long kindsBefore() {
        return Kind.mask(Kind.REQUEST_SUBMIT, Kind.REQUEST_COMPLETE);
    }

    @Override
    public void before(World world, Block block, int i) {
        if (!world.fromStart()) {
            return;
        }
        int row = devices.rowOf(block.b(i));
        present = Rows.holding(present, row, 0);
        sinceNs = Rows.holding(sinceNs, row, 0);
        integral = Rows.holding(integral, row, 0);
        sojournNs = Rows.holding(sojournNs, row, 0);
        integral[row] += present[row] * (block.t(i) - sinceNs[row]);
        sinceNs[row] = block.t(i);
        if (block.kind(i) == Kind.REQUEST_SUBMIT) {
            present[row]++;
            arrivedNs.put(block.a(i), block.t(i));
        } else {
            depart(block, i, row);
        }
    }

    private void depart(Block block, int i, int row) {
        long arrived = arrivedNs.remove(block.a(i));
        if (arrived == LongMap.MISSING || present[row] == 0) {
            return; // law I1's
        }
        present[row]--;
        sojournNs[row] += block.t(i) - arrived;
        if (present[row] > 0) {
            return;
        }
        evaluated();
        long left = integral[row];
        long right = sojournNs[row];
        if (left != right) {
            violated(
                    block,
                    i,
                    () ->
                            "device %d: number in it over time is %d, the sum of stays %d ns"
                                    .formatted(block.b(i), left, right));
        }
        integral[row] = 0;
        sojournNs[row] = 0;
    }
}
