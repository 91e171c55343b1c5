package io.iowait.io;

import io.iowait.engine.Time;
import io.iowait.kernel.Kernel;
import java.util.Arrays;

/// A timer descriptor (timerfd): readable once it has expired; a read takes the expiry.
///
/// Expires in a timer interrupt of the CPU on which it was armed, without slack.
///
/// Source: Linux 6.18 `fs/timerfd.c`.
public final class TimerFile extends OpenFile {
    private static final long UNARMED = -1;

    private final Expiry expiry;
    private long expirations;
    private long timer = UNARMED;
    private int index = -1;

    private TimerFile(Kernel kernel, Expiry expiry) {
        super(kernel);
        this.expiry = expiry;
    }

    @Override
    public boolean isReadable() {
        return expirations > 0;
    }

    @Override
    protected boolean wakesAll() {
        return true;
    }

    @Override
    protected long read(int task, int cpu, long count, long nowNs) {
        if (expirations == 0) {
            return WOULD_BLOCK;
        }
        long result = expirations;
        expirations = 0;
        return result;
    }

    /// Arms it for an absolute time, or disarms it with 0. A pending expiry is forgotten.
    public void set(int cpu, long atNs) {
        if (timer != UNARMED) {
            kernel.cancelTimer(timer);
            timer = UNARMED;
        }
        expirations = 0;
        if (atNs > 0 && atNs != Time.NEVER) {
            timer = kernel.armTimer(cpu, expiry.upcall, index, atNs);
        }
    }

    @Override
    protected void release(long nowNs) {
        if (timer != UNARMED) {
            kernel.cancelTimer(timer);
            timer = UNARMED;
        }
    }

    private void expire(long cause) {
        timer = UNARMED;
        expirations++;
        becomeReadable(cause);
    }

    /// Makes timer descriptors, and is what their expiry calls.
    static final class Expiry {
        private final Kernel kernel;
        private final int upcall;
        private TimerFile[] files = new TimerFile[16];
        private int count;

        Expiry(Kernel kernel) {
            this.kernel = kernel;
            this.upcall = kernel.register((arg, cpu, nowNs, cause) -> expire(arg, cause));
        }

        TimerFile create() {
            TimerFile file = new TimerFile(kernel, this);
            if (count == files.length) {
                files = Arrays.copyOf(files, 2 * count);
            }
            file.index = count;
            files[count++] = file;
            return file;
        }

        private void expire(int index, long cause) {
            files[index].expire(cause);
        }
    }
}
