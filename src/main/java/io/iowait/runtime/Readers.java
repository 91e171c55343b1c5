package io.iowait.runtime;

import java.util.Arrays;

/// Strands that wait to read a descriptor, first come first served; a strand waits for one at most.
final class Readers {
    static final int NOBODY = -1;

    private int[] first = new int[16]; // by descriptor
    private int[] last = new int[16];
    private int[] next = new int[16]; // by strand

    Readers() {
        Arrays.fill(first, NOBODY);
    }

    void add(int descriptor, int strand) {
        if (descriptor >= first.length) {
            int known = first.length;
            first = Arrays.copyOf(first, Math.max(2 * known, descriptor + 1));
            last = Arrays.copyOf(last, first.length);
            Arrays.fill(first, known, first.length, NOBODY);
        }
        if (strand >= next.length) {
            next = Arrays.copyOf(next, Math.max(2 * next.length, strand + 1));
        }
        next[strand] = NOBODY;
        if (first[descriptor] == NOBODY) {
            first[descriptor] = strand;
        } else {
            next[last[descriptor]] = strand;
        }
        last[descriptor] = strand;
    }

    /// The first, who waits no longer; or [#NOBODY].
    int take(int descriptor) {
        int strand = first[descriptor];
        if (strand != NOBODY) {
            first[descriptor] = next[strand];
        }
        return strand;
    }

    boolean hasAny(int descriptor) {
        return first[descriptor] != NOBODY;
    }

    /// The strand waits no longer; O(n) in those that wait for the same descriptor.
    void remove(int descriptor, int strand) {
        int before = NOBODY;
        int at = first[descriptor];
        while (at != strand) {
            before = at;
            at = next[at];
        }
        if (before == NOBODY) {
            first[descriptor] = next[strand];
        } else {
            next[before] = next[strand];
        }
        if (last[descriptor] == strand) {
            last[descriptor] = before;
        }
    }
}
