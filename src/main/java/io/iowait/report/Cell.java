package io.iowait.report;

import java.util.Arrays;

/// What a lane did during one column of a timeline: ns by code.
final class Cell {
    private int[] codes = new int[2];
    private long[] ns = new long[2];
    private int size;

    void add(int code, long length) {
        for (int i = 0; i < size; i++) {
            if (codes[i] == code) {
                ns[i] += length;
                return;
            }
        }
        if (size == codes.length) {
            codes = Arrays.copyOf(codes, 2 * size);
            ns = Arrays.copyOf(ns, 2 * size);
        }
        codes[size] = code;
        ns[size++] = length;
    }

    long of(int code) {
        for (int i = 0; i < size; i++) {
            if (codes[i] == code) {
                return ns[i];
            }
        }
        return 0;
    }

    long totalNs() {
        long sum = 0;
        for (int i = 0; i < size; i++) {
            sum += ns[i];
        }
        return sum;
    }

    /// The code of at least `from` with the most time, the first of equals; -1 when there is none.
    int longest(int from) {
        int best = -1;
        long bestNs = 0;
        for (int i = 0; i < size; i++) {
            if (codes[i] >= from && ns[i] > bestNs) {
                best = codes[i];
                bestNs = ns[i];
            }
        }
        return best;
    }
}
