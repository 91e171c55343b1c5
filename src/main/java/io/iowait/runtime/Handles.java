package io.iowait.runtime;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The entries of one event loop, as columns: what its turn means (kind, number, target), whether
/// it was taken back, where it waits.
///
/// A handle is given back when its turn is over, so who keeps one keeps its generation, too. O(1);
/// allocates only when the columns grow.
final class Handles {
    static final int NONE = -1;

    private static final byte CANCELLED = 1;
    private static final byte TIMED = 2;
    private static final byte READY = 4;

    private int[] kinds = new int[16];
    private int[] args = new int[16];
    private @Nullable Object[] targets = new Object[16];
    private byte[] flags = new byte[16];
    private int[] generations = new int[16];
    private long[] posts = new long[16];
    private int[] free = new int[16];
    private int freeCount;
    private int count;

    int allot(int kind, int arg, @Nullable Object target) {
        int handle = freeCount > 0 ? free[--freeCount] : count++;
        if (handle == kinds.length) {
            grow(2 * handle);
        }
        kinds[handle] = kind;
        args[handle] = arg;
        targets[handle] = target;
        flags[handle] = 0;
        return handle;
    }

    void release(int handle) {
        generations[handle]++;
        targets[handle] = null;
        free[freeCount++] = handle;
    }

    private void grow(int capacity) {
        kinds = Arrays.copyOf(kinds, capacity);
        args = Arrays.copyOf(args, capacity);
        targets = Arrays.copyOf(targets, capacity);
        flags = Arrays.copyOf(flags, capacity);
        generations = Arrays.copyOf(generations, capacity);
        posts = Arrays.copyOf(posts, capacity);
        free = Arrays.copyOf(free, capacity);
    }

    int kind(int handle) {
        return kinds[handle];
    }

    int arg(int handle) {
        return args[handle];
    }

    @Nullable Object target(int handle) {
        return targets[handle];
    }

    /// Tells one use of a handle from the next.
    int generation(int handle) {
        return generations[handle];
    }

    /// From now on whoever kept the handle cannot reach this use of it any more.
    void begun(int handle) {
        generations[handle]++;
    }

    /// Number of the post that put it where it waits; of a timed entry, the record that told of it.
    long post(int handle) {
        return posts[handle];
    }

    /// It waits for its turn from now on.
    void ready(int handle, long post) {
        posts[handle] = post;
        flags[handle] |= READY;
    }

    boolean isReady(int handle) {
        return (flags[handle] & READY) != 0;
    }

    void timed(int handle) {
        flags[handle] |= TIMED;
    }

    /// A record tells of this timed entry.
    void told(int handle, long record) {
        posts[handle] = record;
    }

    /// Its time has come.
    void due(int handle) {
        flags[handle] &= ~TIMED;
    }

    boolean isTimed(int handle) {
        return (flags[handle] & TIMED) != 0;
    }

    void cancel(int handle) {
        flags[handle] |= CANCELLED;
        targets[handle] = null;
    }

    boolean isCancelled(int handle) {
        return (flags[handle] & CANCELLED) != 0;
    }
}
