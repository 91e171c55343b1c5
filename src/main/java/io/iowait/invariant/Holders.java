package io.iowait.invariant;

/// Who holds which lock.
///
/// One word a lock that is held: number of holds (bits 33 and up), whether several tasks hold it
/// (bit 32), one holder (bits 0-31).
final class Holders {
    /// Nobody, or not a single task.
    static final int NONE = -1;

    private static final long SHARED = 1L << 32;
    private static final long ONE_HOLD = 1L << 33;
    private static final long HOLDER = SHARED - 1;

    private final LongMap holds = new LongMap();

    void acquire(long lock, int task) {
        long held = holds.get(lock);
        if (held == LongMap.MISSING) {
            holds.put(lock, ONE_HOLD | task);
        } else {
            long shared = holderIn(held) == task ? 0 : SHARED;
            holds.put(lock, (held | shared) + ONE_HOLD);
        }
    }

    void release(long lock) {
        long held = holds.get(lock);
        if (held == LongMap.MISSING) {
            return;
        }
        if (held < 2 * ONE_HOLD) {
            holds.remove(lock);
        } else {
            holds.put(lock, held - ONE_HOLD);
        }
    }

    boolean isHeld(long lock) {
        return holds.contains(lock);
    }

    /// The task that alone holds the lock, or [#NONE].
    int soleHolder(long lock) {
        long held = holds.get(lock);
        return held == LongMap.MISSING || (held & SHARED) != 0 ? NONE : holderIn(held);
    }

    private static int holderIn(long held) {
        return (int) (held & HOLDER);
    }
}
