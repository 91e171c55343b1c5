package io.iowait.io;

import io.iowait.kernel.Defect;
import io.iowait.kernel.Kernel;

/// A wake descriptor (eventfd): a write adds to its counter, a read takes it all.
///
/// Source: Linux 6.18 `fs/eventfd.c`.
public final class EventFile extends OpenFile {
    private long counter;
    private boolean lost;

    EventFile(Kernel kernel) {
        super(kernel);
    }

    @Override
    public boolean isReadable() {
        return counter > 0;
    }

    @Override
    protected boolean wakesAll() {
        return true;
    }

    @Override
    protected long read(int task, int cpu, long count, long nowNs) {
        if (counter == 0) {
            return WOULD_BLOCK;
        }
        long result = counter;
        counter = 0;
        return result;
    }

    @Override
    protected long write(int task, int cpu, long value, long nowNs) {
        if (kernel.has(Defect.WAKE_LOST)) {
            lost = !lost;
            if (!lost) {
                return Long.BYTES;
            }
        }
        counter += value;
        becomeReadable(kernel.callCause());
        return Long.BYTES;
    }
}
