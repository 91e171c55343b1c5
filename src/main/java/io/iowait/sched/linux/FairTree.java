package io.iowait.sched.linux;

import io.iowait.engine.SplitMix64;
import io.iowait.sched.Tasks;

/// Queued entities in order of virtual deadline, equals in order of insertion; each node knows the
/// least virtual runtime and the least request of its subtree.
///
/// A treap: a search tree by deadline that is a heap by a mixed number of each node, so that its
/// depth is O(log n) whatever the order of insertion. Links are columns of [FairEntities]; nothing
/// is allocated. The least virtual runtime lets [#firstEligible] leave out subtrees in which nobody
/// is eligible.
///
/// Source: Seidel & Aragon, "Randomized Search Trees"; Linux 6.18 `kernel/sched/fair.c`
/// (`pick_eevdf`, `min_vruntime_cb_propagate`).
final class FairTree {
    private static final int NONE = Tasks.NO_TASK;

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
        e.order[task] = insertions++;
        int above = NONE;
        int at = root;
        while (at != NONE && rank(at) > rank(task)) {
            above = at;
            at = isBefore(task, at) ? e.left[at] : e.right[at];
        }
        split(at, task);
        link(above, at, task);
        renew(task);
        renewFrom(above);
    }

    void remove(int task) {
        int above = e.parent[task];
        int merged = merge(e.left[task], e.right[task], above);
        link(above, task, merged);
        renewFrom(above);
    }

    /// The first in order of deadline of those whose virtual runtime is at most `limitNs`, or
    /// [Tasks#NO_TASK]. O(log n).
    int firstNotAfter(long limitNs) {
        int at = root;
        while (at != NONE) {
            int left = e.left[at];
            if (left != NONE && e.leastNs[left] - limitNs <= 0) {
                at = left;
            } else if (e.vruntimeNs[at] - limitNs <= 0) {
                return at;
            } else {
                at = e.right[at];
            }
        }
        return NONE;
    }

    /// The least request queued, or [Long#MAX_VALUE].
    long leastSliceNs() {
        return root == NONE ? Long.MAX_VALUE : e.leastSliceNs[root];
    }

    /// The first in order, or [Tasks#NO_TASK].
    int first() {
        return root == NONE ? NONE : leftmost(root);
    }

    /// The next in order, or [Tasks#NO_TASK].
    int next(int task) {
        if (e.right[task] != NONE) {
            return leftmost(e.right[task]);
        }
        int at = task;
        while (e.parent[at] != NONE && e.right[e.parent[at]] == at) {
            at = e.parent[at];
        }
        return e.parent[at];
    }

    private int leftmost(int from) {
        int at = from;
        while (e.left[at] != NONE) {
            at = e.left[at];
        }
        return at;
    }

    /// Hangs what is before `task` in the subtree to its left, the rest to its right.
    private void split(int subtree, int task) {
        int leftEnd = NONE; // where the next node of the left part hangs: to the right of this one
        int rightEnd = NONE;
        e.left[task] = NONE;
        e.right[task] = NONE;
        int at = subtree;
        while (at != NONE) {
            if (isBefore(at, task)) {
                if (leftEnd == NONE) {
                    e.left[task] = at;
                    e.parent[at] = task;
                } else {
                    e.right[leftEnd] = at;
                    e.parent[at] = leftEnd;
                }
                leftEnd = at;
                at = e.right[at];
            } else {
                if (rightEnd == NONE) {
                    e.right[task] = at;
                    e.parent[at] = task;
                } else {
                    e.left[rightEnd] = at;
                    e.parent[at] = rightEnd;
                }
                rightEnd = at;
                at = e.left[at];
            }
        }
        if (leftEnd != NONE) {
            e.right[leftEnd] = NONE;
            renewUpTo(leftEnd, task);
        }
        if (rightEnd != NONE) {
            e.left[rightEnd] = NONE;
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
                a = e.right[a];
            } else {
                b = e.left[b];
            }
        }
        int rest = a == NONE ? b : a;
        if (top == NONE) {
            if (rest != NONE) {
                e.parent[rest] = above;
            }
            return rest;
        }
        hang(end, toRight, rest, top);
        renewUpTo(end, above);
        return top;
    }

    private void hang(int under, boolean toRight, int node, int top) {
        if (node != NONE) {
            e.parent[node] = under;
        }
        if (top == NONE) {
            return; // the root of the merged tree: linked by the caller
        }
        if (toRight) {
            e.right[under] = node;
        } else {
            e.left[under] = node;
        }
    }

    /// Puts `node` in the place of `old` under `above`.
    private void link(int above, int old, int node) {
        if (node != NONE) {
            e.parent[node] = above;
        }
        if (above == NONE) {
            root = node;
        } else if (old == NONE ? isBefore(node, above) : e.left[above] == old) {
            e.left[above] = node;
        } else {
            e.right[above] = node;
        }
    }

    private void renewFrom(int node) {
        renewUpTo(node, NONE);
    }

    private void renewUpTo(int node, int end) {
        for (int at = node; at != end; at = e.parent[at]) {
            renew(at);
        }
    }

    private void renew(int node) {
        long leastNs = e.vruntimeNs[node];
        long leastSliceNs = e.sliceNs[node];
        int left = e.left[node];
        if (left != NONE) {
            leastNs = e.leastNs[left] - leastNs < 0 ? e.leastNs[left] : leastNs;
            leastSliceNs = Math.min(leastSliceNs, e.leastSliceNs[left]);
        }
        int right = e.right[node];
        if (right != NONE) {
            leastNs = e.leastNs[right] - leastNs < 0 ? e.leastNs[right] : leastNs;
            leastSliceNs = Math.min(leastSliceNs, e.leastSliceNs[right]);
        }
        e.leastNs[node] = leastNs;
        e.leastSliceNs[node] = leastSliceNs;
    }

    private boolean isBefore(int a, int b) {
        long difference = e.deadlineNs[a] - e.deadlineNs[b];
        return difference != 0 ? difference < 0 : e.order[a] < e.order[b];
    }

    /// The node's place in the heap: as good as random, the same in every run.
    private long rank(int node) {
        return SplitMix64.mix(e.order[node]) & Long.MAX_VALUE;
    }
}
