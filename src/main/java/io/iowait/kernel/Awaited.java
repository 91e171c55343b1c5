package io.iowait.kernel;

import java.util.Arrays;

/// Who waits for the end of whom: for each awaited id its waiters, first come first served. A
/// waiter may wait for several at once.
///
/// Adding is O(1), as is taking the first; removing one is linear in the waiters of that id. Links
/// are used again, so that it grows with what waits at once and with the largest id, not with time.
public final class Awaited {
    /// No waiter.
    public static final int NOBODY = -1;

    private static final int ROOM = 16;

    /// By awaited id: its first and last link + 1.
    private int[] first = new int[0];

    private int[] last = new int[0];

    /// By link, from 1 on.
    private int[] waiters = new int[ROOM];

    private int[] next = new int[ROOM];
    private int links = 1;
    private int free;

    /// `waiter` waits for the end of `id`, behind those who do already.
    public void add(int id, int waiter) {
        if (id >= first.length) {
            first = Arrays.copyOf(first, id + (id >> 1) + ROOM);
            last = Arrays.copyOf(last, first.length);
        }
        int link = take();
        waiters[link] = waiter;
        next[link] = 0;
        if (last[id] == 0) {
            first[id] = link;
        } else {
            next[last[id]] = link;
        }
        last[id] = link;
    }

    private int take() {
        if (free != 0) {
            int link = free;
            free = next[link];
            return link;
        }
        if (links == waiters.length) {
            waiters = Arrays.copyOf(waiters, 2 * links);
            next = Arrays.copyOf(next, 2 * links);
        }
        return links++;
    }

    /// The first who waits for this id, who waits no more; or [#NOBODY].
    public int takeFirst(int id) {
        if (id >= first.length || first[id] == 0) {
            return NOBODY;
        }
        int link = first[id];
        int waiter = waiters[link];
        unlink(id, 0, link);
        return waiter;
    }

    /// The waiter waits for this id no more; nothing happens if it did not.
    public void remove(int id, int waiter) {
        int before = 0;
        int link = id < first.length ? first[id] : 0;
        while (link != 0 && waiters[link] != waiter) {
            before = link;
            link = next[link];
        }
        if (link != 0) {
            unlink(id, before, link);
        }
    }

    private void unlink(int id, int before, int link) {
        if (before == 0) {
            first[id] = next[link];
        } else {
            next[before] = next[link];
        }
        if (last[id] == link) {
            last[id] = before;
        }
        next[link] = free;
        free = link;
    }
}
