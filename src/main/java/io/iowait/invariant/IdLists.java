package io.iowait.invariant;

import java.util.Arrays;

/// Ordered lists of small ids, linked through arrays; an id is in one list at most.
///
/// All verbs are O(1). Grows when a new id or list is named, otherwise allocates nothing.
final class IdLists {
    static final int NONE = -1;

    private int[] first = new int[0]; // by list
    private int[] last = new int[0];
    private int[] previous = new int[0]; // by id
    private int[] next = new int[0];
    private int[] list = new int[0];

    /// First id of a list, or [#NONE].
    int first(int of) {
        return of < first.length ? first[of] : NONE;
    }

    /// The id after this one in its list, or [#NONE].
    int next(int id) {
        return next[id];
    }

    boolean contains(int id) {
        return id < list.length && list[id] != NONE;
    }

    /// The list that the id is in, or [#NONE].
    int listOf(int id) {
        return id < list.length ? list[id] : NONE;
    }

    /// Puts the id behind all others of the list, taking it out of where it is.
    void append(int to, int id) {
        enter(to, id);
        previous[id] = last[to];
        next[id] = NONE;
        if (last[to] == NONE) {
            first[to] = id;
        } else {
            next[last[to]] = id;
        }
        last[to] = id;
    }

    /// Puts the id before all others of the list, taking it out of where it is.
    void prepend(int to, int id) {
        enter(to, id);
        previous[id] = NONE;
        next[id] = first[to];
        if (first[to] == NONE) {
            last[to] = id;
        } else {
            previous[first[to]] = id;
        }
        first[to] = id;
    }

    /// Takes the id out of its list, if it is in one.
    void remove(int id) {
        if (!contains(id)) {
            return;
        }
        int from = list[id];
        if (previous[id] == NONE) {
            first[from] = next[id];
        } else {
            next[previous[id]] = next[id];
        }
        if (next[id] == NONE) {
            last[from] = previous[id];
        } else {
            previous[next[id]] = previous[id];
        }
        list[id] = NONE;
    }

    private void enter(int to, int id) {
        remove(id);
        if (to >= first.length) {
            first = Rows.holding(first, to, NONE);
            last = Rows.holding(last, to, NONE);
        }
        if (id >= list.length) {
            list = Rows.holding(list, id, NONE);
            previous = Arrays.copyOf(previous, list.length);
            next = Arrays.copyOf(next, list.length);
        }
        list[id] = to;
    }
}
