package io.iowait.io;

import java.util.Arrays;

/// How much of each task's write in progress is done already.
final class Written {
    private long[] bytes = new long[0];

    void keep(int task, long count) {
        if (task >= bytes.length) {
            bytes = Arrays.copyOf(bytes, task + (task >> 1) + 1);
        }
        bytes[task] = count;
    }

    long take(int task) {
        if (task >= bytes.length) {
            return 0;
        }
        long count = bytes[task];
        bytes[task] = 0;
        return count;
    }
}
