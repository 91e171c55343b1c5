package io.iowait.sched.linux;

import io.iowait.engine.SplitMix64;
import io.iowait.sched.Tasks;

/// Queued entities in order of virtual deadline, equals in order of insertion; each node knows the
/// least virtual runtime and the least request of its subtree.
///
/// A treap: a search tree by deadline that is a heap by a mixed number of each node, so that its
/// depth is O(log n) whatever the order of insertion. The least virtual runtime lets
/// [#firstNotAfter] leave out subtrees in which nobody is eligible. Nothing is allocated: a node is a
/// row of eight longs in [FairEntities], one cache line, since a walk among many tasks pays for
/// lines and not for instructions:
///
///     0 deadline   1 order   2 virtual runtime   3 the least of the subtree
///     4 request    5 the least of the subtree    6 left (32) | right (32)   7 parent
///
/// Source: Seidel & Aragon, "Randomized Search Trees"; Linux 6.18 `kernel/sched/fair.c`
/// (`pick_eevdf`, `min_vruntime_cb_propagate`).
final class FairTree {
    /// Longs of a node.
    static final int ROW = 8;

    /// Where the first node begins: with the head of the array a whole cache line.
    static final int FIRST = 6;

    private static final int NONE = Tasks.NO_TASK;
    private static final int DEADLINE = 0;
    private static final int ORDER = 1;
    private static final int VRUNTIME = 2;
    private static final int LEAST = 3;
    private static final int SLICE = 4;
    private static final int LEAST_SLICE = 5;
    private static final int LINKS = 6;
    private static final int PARENT = 7;
    private static final long INT_MASK = 0xFFFF_FFFFL;

    private final FairEntities e;
    private int root = NONE;
    private long insertions;

    FairTree(FairEntities entities) {
        this.e = entities;
    }

    boolean isEmpty() {
        return root == NONE;
    }

    void insert(int task) {
        set(task, DEADLINE, e.deadlineNs[task]);
        set(task, ORDER, insertions++);
        set(task, VRUNTIME, e.vruntimeNs[task]);
        set(task, SLICE, e.sliceNs[task]);
        int above = NONE;
        int at = root;
        while (at != NONE && rank(at) > rank(task)) {
            above = at;
            takeIn(at, task);
            at = isBefore(task, at) ? left(at) : right(at);
        }
        split(at, task);
        link(above, at, task);
        renew(task);
    }

    void remove(int task) {
        int above = parent(task);
        int merged = merge(left(task), right(task), above);
        link(above, task, merged);
        renewFrom(above);
    }

    /// The first in order of deadline of those whose virtual runtime is at most `limitNs`, or
    /// [Tasks#NO_TASK]. O(log n).
    int firstNotAfter(long limitNs) {
        int at = root;
        while (at != NONE) {
            int left = left(at);
            if (left != NONE && get(left, LEAST) - limitNs <= 0) {
                at = left;
            } else if (get(at, VRUNTIME) - limitNs <= 0) {
                return at;
            } else {
                at = right(at);
            }
        }
        return NONE;
    }

    /// The least request queued, or [Long#MAX_VALUE].
    long leastSliceNs() {
        return root == NONE ? Long.MAX_VALUE : get(root, LEAST_SLICE);
    }

    /// The first in order, or [Tasks#NO_TASK].
    int first() {
        return root == NONE ? NONE : leftmost(root);
    }

    /// The next in order, or [Tasks#NO_TASK].
    int next(int task) {
        if (right(task) != NONE) {
            return leftmost(right(task));
        }
        int at = task;
        while (parent(at) != NONE && right(parent(at)) == at) {
            at = parent(at);
        }
        return parent(at);
    }

    private int leftmost(int from) {
        int at = from;
        while (left(at) != NONE) {
            at = left(at);
        }
        return at;
    }

    /// Hangs what is before `task` in the subtree to its left, the rest to its right.
    private void split(int subtree, int task) {
        int leftEnd = NONE; // where the next node of the left part hangs: to the right of this one
        int rightEnd = NONE;
        left(task, NONE);
        right(task, NONE);
        int at = subtree;
        while (at != NONE) {
            if (isBefore(at, task)) {
                if (leftEnd == NONE) {
                    left(task, at);
                    set(at, PARENT, task);
                } else {
                    right(leftEnd, at);
                    set(at, PARENT, leftEnd);
                }
                leftEnd = at;
                at = right(at);
            } else {
                if (rightEnd == NONE) {
                    right(task, at);
                    set(at, PARENT, task);
                } else {
                    left(rightEnd, at);
                    set(at, PARENT, rightEnd);
                }
                rightEnd = at;
                at = left(at);
            }
        }
        if (leftEnd != NONE) {
            right(leftEnd, NONE);
            renewUpTo(leftEnd, task);
        }
        if (rightEnd != NONE) {
            left(rightEnd, NONE);
            renewUpTo(rightEnd, task);
        }
    }

    /// One tree of two, all of the first before all of the second; its root's parent is `above`.
    private int merge(int first, int second, int above) {
        int a = first;
        int b = second;
        int top = NONE;
        int end = above;
        boolean toRight = false;
        while (a != NONE && b != NONE) {
            int higher = rank(a) > rank(b) ? a : b;
            hang(end, toRight, higher, top);
            top = top == NONE ? higher : top;
            end = higher;
            toRight = higher == a;
            if (toRight) {
                a = right(a);
            } else {
                b = left(b);
            }
        }
        int rest = a == NONE ? b : a;
        if (top == NONE) {
            if (rest != NONE) {
                set(rest, PARENT, above);
            }
            return rest;
        }
        hang(end, toRight, rest, top);
        renewUpTo(end, above);
        return top;
    }

    private void hang(int under, boolean toRight, int node, int top) {
        if (node != NONE) {
            set(node, PARENT, under);
        }
        if (top == NONE) {
            return; // the root of the merged tree: linked by the caller
        }
        if (toRight) {
            right(under, node);
        } else {
            left(under, node);
        }
    }

    /// Puts `node` in the place of `old` under `above`.
    private void link(int above, int old, int node) {
        if (node != NONE) {
            set(node, PARENT, above);
        }
        if (above == NONE) {
            root = node;
        } else if (old == NONE ? isBefore(node, above) : left(above) == old) {
            left(above, node);
        } else {
            right(above, node);
        }
    }

    /// A task comes into the subtree of a node: no need to look at its siblings.
    private void takeIn(int node, int task) {
        if (get(task, VRUNTIME) - get(node, LEAST) < 0) {
            set(node, LEAST, get(task, VRUNTIME));
        }
        if (get(task, SLICE) < get(node, LEAST_SLICE)) {
            set(node, LEAST_SLICE, get(task, SLICE));
        }
    }

    private void renewFrom(int node) {
        renewUpTo(node, NONE);
    }

    private void renewUpTo(int node, int end) {
        for (int at = node; at != end; at = parent(at)) {
            renew(at);
        }
    }

    private void renew(int node) {
        long leastNs = get(node, VRUNTIME);
        long leastSliceNs = get(node, SLICE);
        int left = left(node);
        if (left != NONE) {
            leastNs = get(left, LEAST) - leastNs < 0 ? get(left, LEAST) : leastNs;
            leastSliceNs = Math.min(leastSliceNs, get(left, LEAST_SLICE));
        }
        int right = right(node);
        if (right != NONE) {
            leastNs = get(right, LEAST) - leastNs < 0 ? get(right, LEAST) : leastNs;
            leastSliceNs = Math.min(leastSliceNs, get(right, LEAST_SLICE));
        }
        set(node, LEAST, leastNs);
        set(node, LEAST_SLICE, leastSliceNs);
    }

    private boolean isBefore(int a, int b) {
        long difference = get(a, DEADLINE) - get(b, DEADLINE);
        return difference != 0 ? difference < 0 : get(a, ORDER) < get(b, ORDER);
    }

    /// The node's place in the heap: as good as random, the same in every run.
    private long rank(int node) {
        return SplitMix64.mix(get(node, ORDER)) & Long.MAX_VALUE;
    }

    private long get(int node, int field) {
        return e.nodes[node * ROW + FIRST + field];
    }

    private void set(int node, int field, long value) {
        e.nodes[node * ROW + FIRST + field] = value;
    }

    private int left(int node) {
        return (int) get(node, LINKS);
    }

    private int right(int node) {
        return (int) (get(node, LINKS) >>> 32);
    }

    private int parent(int node) {
        return (int) get(node, PARENT);
    }

    private void left(int node, int child) {
        set(node, LINKS, get(node, LINKS) & ~INT_MASK | child & INT_MASK);
    }

    private void right(int node, int child) {
        set(node, LINKS, get(node, LINKS) & INT_MASK | (long) child << 32);
    }
}
