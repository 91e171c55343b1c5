package io.iowait.sched.linux;

import io.iowait.sched.Tasks;
import java.util.Arrays;

/// Queued entities in order of virtual deadline, equals in order of insertion; each node knows the
/// least virtual runtime and the least request of every subtree.
///
/// A B+ tree. A node is a run of up to [#WIDTH] entries, an entry five longs: of a task in a leaf,
/// of a whole node below elsewhere. What a search compares lies in the entries, so that it meets a
/// node a level, three levels among a hundred thousand tasks, and no task's own row:
///
///     0 deadline   1 order   2 virtual runtime   3 request   4 task
///     0 deadline   1 order   2 the least below   3 the least below   4 node; nobody below is before 0, 1
///
/// Inner nodes are in order. A leaf is not: who comes is written behind the others, most often far
/// from the front and into memory that the cache does not hold, which costs a write and no reading;
/// the leaves at the front, where turns begin, are read as a whole. A full node is halved on the way
/// down, and one with few entries is joined with its neighbour if they fit into one. The root's own
/// entry is the first of the array. Nothing is allocated but nodes, when there were never so many.
///
/// Source: Comer 1979, "The Ubiquitous B-Tree"; for the order and what is kept of each subtree,
/// Linux 6.18 `kernel/sched/fair.c` (`pick_eevdf`, `min_vruntime_cb_propagate`), which has a
/// red-black tree for it.
final class FairTree {
    /// Entries of a node.
    static final int WIDTH = 64;

    /// With fewer entries a node is joined with a neighbour.
    private static final int FEW = WIDTH / 4;

    private static final int NONE = Tasks.NO_TASK;

    // the longs of an entry
    private static final int DEADLINE = 0;
    private static final int ORDER = 1;
    private static final int LEAST = 2;
    private static final int LEAST_SLICE = 3;
    private static final int TARGET = 4;
    private static final int ENTRY = 5;

    /// Where the root's entry lies.
    private static final int TOP = 0;

    private static final int NODE = WIDTH * ENTRY;
    private static final int LEVELS_MAX = 16;

    private final FairEntities e;
    private long[] words = new long[ENTRY + NODE];

    /// Entries of each node; of a free one, the next free one.
    private int[] counts = new int[1];

    private int nodes = 1;
    private int free = NONE;

    /// Levels of nodes above the leaves.
    private int height;

    /// By level: the entry of the node that the last search went through.
    private final int[] path = new int[LEVELS_MAX];

    private long insertions;

    FairTree(FairEntities entities) {
        this.e = entities;
    }

    boolean isEmpty() {
        return counts[target(TOP)] == 0;
    }

    // ---------------------------------------------------------------- coming

    void insert(int task) {
        long deadlineNs = e.deadlineNs(task);
        long order = insertions++;
        long vruntimeNs = e.vruntimeNs(task);
        long sliceNs = e.sliceNs(task);
        e.order(task, order);
        if (isEmpty()) {
            fill(TOP, deadlineNs, order, vruntimeNs, sliceNs);
        } else if (counts[target(TOP)] == WIDTH) {
            raise();
        }
        int at = TOP;
        takeIn(at, deadlineNs, order, vruntimeNs, sliceNs);
        for (int level = height; level > 0; level--) {
            int node = target(at);
            at = lastNotAfter(node, deadlineNs, order);
            if (counts[target(at)] == WIDTH) {
                split(node, at, level == 1);
                at = isAfter(at + ENTRY, deadlineNs, order) ? at : at + ENTRY;
            }
            takeIn(at, deadlineNs, order, vruntimeNs, sliceNs);
        }
        int leaf = target(at);
        int place = firstOf(leaf) + counts[leaf]++ * ENTRY;
        fill(place, deadlineNs, order, vruntimeNs, sliceNs);
        words[place + TARGET] = task;
    }

    private void fill(int entry, long deadlineNs, long order, long vruntimeNs, long sliceNs) {
        words[entry + DEADLINE] = deadlineNs;
        words[entry + ORDER] = order;
        words[entry + LEAST] = vruntimeNs;
        words[entry + LEAST_SLICE] = sliceNs;
    }

    /// A task comes into the subtree of an entry: no need to look at the others there.
    private void takeIn(int entry, long deadlineNs, long order, long vruntimeNs, long sliceNs) {
        if (isAfter(entry, deadlineNs, order)) {
            words[entry + DEADLINE] = deadlineNs;
            words[entry + ORDER] = order;
        }
        if (vruntimeNs - words[entry + LEAST] < 0) {
            words[entry + LEAST] = vruntimeNs;
        }
        if (sliceNs < words[entry + LEAST_SLICE]) {
            words[entry + LEAST_SLICE] = sliceNs;
        }
    }

    /// A new root above the old one, which is full.
    private void raise() {
        int root = allot();
        int entry = firstOf(root);
        System.arraycopy(words, TOP, words, entry, ENTRY);
        counts[root] = 1;
        words[TOP + TARGET] = root;
        height++;
    }

    /// The latter half of a full node becomes a node of its own, next to it.
    private void split(int parent, int entry, boolean ofLeaf) {
        int left = target(entry);
        int right = allot();
        int kept = WIDTH / 2;
        if (ofLeaf) {
            part(left, kept);
        }
        System.arraycopy(
                words, firstOf(left) + kept * ENTRY, words, firstOf(right), (WIDTH - kept) * ENTRY);
        counts[left] = kept;
        counts[right] = WIDTH - kept;
        int added = entry + ENTRY;
        open(parent, added);
        System.arraycopy(words, firstOf(right), words, added, ENTRY);
        words[added + TARGET] = right;
        sum(entry);
        sum(added);
    }

    /// Orders a full leaf as far as its `kept` first entries are those that are first in order, and
    /// the one after them the next. Source: Hoare 1961, "Algorithm 65: Find".
    private void part(int leaf, int kept) {
        int middle = firstOf(leaf) + kept * ENTRY;
        int low = firstOf(leaf);
        int high = low + (WIDTH - 1) * ENTRY;
        while (low < high) {
            swap(low + (high - low) / ENTRY / 2 * ENTRY, high);
            int edge = low;
            for (int at = low; at < high; at += ENTRY) {
                if (isBefore(at, high)) {
                    swap(at, edge);
                    edge += ENTRY;
                }
            }
            swap(edge, high);
            if (edge == middle) {
                return;
            } else if (edge < middle) {
                low = edge + ENTRY;
            } else {
                high = edge - ENTRY;
            }
        }
    }

    private void swap(int a, int b) {
        for (int i = 0; i < ENTRY; i++) {
            long held = words[a + i];
            words[a + i] = words[b + i];
            words[b + i] = held;
        }
    }

    // ---------------------------------------------------------------- leaving

    /// @throws IllegalStateException if the task is not here, or its deadline was changed meanwhile
    void remove(int task) {
        int place = find(task);
        long vruntimeNs = words[place + LEAST];
        long sliceNs = words[place + LEAST_SLICE];
        int leaf = target(path[0]);
        System.arraycopy(words, firstOf(leaf) + --counts[leaf] * ENTRY, words, place, ENTRY);
        for (int level = 0; level < height; level++) {
            boolean joined = counts[target(path[level])] < FEW && join(level);
            if (!joined && !forget(path[level], vruntimeNs, sliceNs)) {
                return;
            }
        }
        if (!isEmpty()) {
            forget(TOP, vruntimeNs, sliceNs);
        }
        while (height > 0 && counts[target(TOP)] == 1) {
            int root = target(TOP);
            words[TOP + TARGET] = target(firstOf(root));
            release(root);
            height--;
        }
    }

    /// The entry of the task, leaving the way to it in [#path].
    private int find(int task) {
        long deadlineNs = e.deadlineNs(task);
        long order = e.order(task);
        int at = TOP;
        for (int level = height; level > 0; level--) {
            path[level] = at;
            at = lastNotAfter(target(at), deadlineNs, order);
        }
        path[0] = at;
        int leaf = target(at);
        int end = endOf(leaf);
        for (int place = firstOf(leaf); place < end; place += ENTRY) {
            if (target(place) == task) {
                return place;
            }
        }
        throw new IllegalStateException("task is not in its tree: task=" + task);
    }

    /// Such a task has left the subtree of an entry; returns whether its sums have changed.
    private boolean forget(int entry, long vruntimeNs, long sliceNs) {
        long leastNs = words[entry + LEAST];
        long leastSliceNs = words[entry + LEAST_SLICE];
        if (vruntimeNs == leastNs) {
            words[entry + LEAST] = least(target(entry), LEAST, leastNs);
        }
        if (sliceNs == leastSliceNs) {
            words[entry + LEAST_SLICE] = least(target(entry), LEAST_SLICE, leastSliceNs);
        }
        return words[entry + LEAST] != leastNs || words[entry + LEAST_SLICE] != leastSliceNs;
    }

    /// Joins the node of this level with a neighbour under the same parent, if both fit into one;
    /// an empty one without a neighbour is taken away. Returns whether the parent has lost an
    /// entry.
    private boolean join(int level) {
        int parent = target(path[level + 1]);
        int last = firstOf(parent) + (counts[parent] - 1) * ENTRY;
        int entry = path[level];
        if (counts[parent] == 1) {
            if (counts[target(entry)] > 0) {
                return false;
            }
            release(target(entry));
            close(parent, entry);
            return true;
        }
        int leftEntry = entry == last ? entry - ENTRY : entry;
        int rightEntry = leftEntry + ENTRY;
        int left = target(leftEntry);
        int right = target(rightEntry);
        if (counts[left] + counts[right] > WIDTH) {
            return false;
        }
        System.arraycopy(
                words,
                firstOf(right),
                words,
                firstOf(left) + counts[left] * ENTRY,
                counts[right] * ENTRY);
        counts[left] += counts[right];
        release(right);
        close(parent, rightEntry);
        sum(leftEntry);
        return true;
    }

    // ---------------------------------------------------------------- asking

    /// The first in order of deadline of those whose virtual runtime is at most `limitNs`, or
    /// [Tasks#NO_TASK]. O(log n).
    int firstNotAfter(long limitNs) {
        if (isEmpty() || words[TOP + LEAST] - limitNs > 0) {
            return NONE;
        }
        int at = TOP;
        for (int level = height; level > 0; level--) {
            at = firstOf(target(at));
            while (words[at + LEAST] - limitNs > 0) {
                at += ENTRY;
            }
        }
        int leaf = target(at);
        int end = endOf(leaf);
        int best = firstOf(leaf);
        while (words[best + LEAST] - limitNs > 0) {
            best += ENTRY;
        }
        for (int place = best + ENTRY; place < end; place += ENTRY) {
            if (words[place + LEAST] - limitNs <= 0 & isBefore(place, best)) {
                best = place;
            }
        }
        return target(best);
    }

    /// The least request queued, or [Long#MAX_VALUE].
    long leastSliceNs() {
        return isEmpty() ? Long.MAX_VALUE : words[TOP + LEAST_SLICE];
    }

    /// The first in order, or [Tasks#NO_TASK].
    int first() {
        return isEmpty() ? NONE : firstBelow(TOP, height);
    }

    /// The next in order, or [Tasks#NO_TASK].
    int next(int task) {
        int at = find(task);
        int found = NONE;
        int end = endOf(target(path[0]));
        for (int place = firstOf(target(path[0])); place < end; place += ENTRY) {
            if (isBefore(at, place) && (found == NONE || isBefore(place, found))) {
                found = place;
            }
        }
        if (found != NONE) {
            return target(found);
        }
        for (int level = 1; level <= height; level++) {
            int after = path[level - 1] + ENTRY;
            if (after < endOf(target(path[level]))) {
                return firstBelow(after, level - 1);
            }
        }
        return NONE;
    }

    private int firstBelow(int entry, int level) {
        int at = entry;
        for (int below = level; below > 0; below--) {
            at = firstOf(target(at));
        }
        int first = firstOf(target(at));
        int end = endOf(target(at));
        for (int place = first + ENTRY; place < end; place += ENTRY) {
            first = isBefore(place, first) ? place : first;
        }
        return target(first);
    }

    // ---------------------------------------------------------------- entries and nodes

    /// The last entry of a node that is not after this key, or its first.
    private int lastNotAfter(int node, long deadlineNs, long order) {
        int first = firstOf(node);
        int low = 0;
        int high = counts[node];
        while (high - low > 1) {
            int middle = low + high >>> 1;
            if (isAfter(first + middle * ENTRY, deadlineNs, order)) {
                high = middle;
            } else {
                low = middle;
            }
        }
        return first + low * ENTRY;
    }

    private boolean isAfter(int entry, long deadlineNs, long order) {
        long difference = words[entry + DEADLINE] - deadlineNs;
        return difference != 0 ? difference > 0 : words[entry + ORDER] > order;
    }

    private boolean isBefore(int a, int b) {
        return isAfter(b, words[a + DEADLINE], words[a + ORDER]);
    }

    /// What the entries of its node say, all of them.
    private void sum(int entry) {
        int node = target(entry);
        words[entry + LEAST] = least(node, LEAST, Long.MIN_VALUE);
        words[entry + LEAST_SLICE] = least(node, LEAST_SLICE, Long.MIN_VALUE);
    }

    /// The least of a field in the entries of a node; none is less than `boundNs`.
    private long least(int node, int field, long boundNs) {
        int end = endOf(node);
        long leastNs = words[firstOf(node) + field];
        for (int at = firstOf(node); at < end && leastNs != boundNs; at += ENTRY) {
            leastNs = words[at + field] - leastNs < 0 ? words[at + field] : leastNs;
        }
        return leastNs;
    }

    private int target(int entry) {
        return (int) words[entry + TARGET];
    }

    /// Room for one more at `entry`.
    private void open(int node, int entry) {
        int end = firstOf(node) + counts[node]++ * ENTRY;
        System.arraycopy(words, entry, words, entry + ENTRY, end - entry);
    }

    private void close(int node, int entry) {
        int end = firstOf(node) + counts[node]-- * ENTRY;
        System.arraycopy(words, entry + ENTRY, words, entry, end - entry - ENTRY);
    }

    private static int firstOf(int node) {
        return ENTRY + node * NODE;
    }

    private int endOf(int node) {
        return firstOf(node) + counts[node] * ENTRY;
    }

    private int allot() {
        int node = free;
        if (node != NONE) {
            free = counts[node];
        } else {
            node = nodes++;
            if (node == counts.length) {
                counts = Arrays.copyOf(counts, 2 * node);
                words = Arrays.copyOf(words, firstOf(2 * node));
            }
        }
        counts[node] = 0;
        return node;
    }

    private void release(int node) {
        counts[node] = free;
        free = node;
    }
}
