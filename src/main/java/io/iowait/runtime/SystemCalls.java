package io.iowait.runtime;

import io.iowait.kernel.Registers;

/// System calls that are to be made one after the other before a strand goes on.
public final class SystemCalls {
    private static final int ROOM = 4;

    /// In place of a call: time in user mode.
    private static final int COMPUTE = -1;

    private final int[] numbers = new int[ROOM];
    private final long[] firsts = new long[ROOM];
    private final long[] seconds = new long[ROOM];
    private int count;
    private int made;

    public boolean isEmpty() {
        return made == count;
    }

    public void add(int call, long arg0, long arg1) {
        if (isEmpty()) {
            made = 0;
            count = 0;
        }
        numbers[count] = call;
        firsts[count] = arg0;
        seconds[count++] = arg1;
    }

    /// Takes so long in user mode before the next call.
    public void compute(long ns) {
        if (ns > 0) {
            add(COMPUTE, ns, 0);
        }
    }

    public int next(Registers registers) {
        int call = made++;
        if (numbers[call] == COMPUTE) {
            return registers.compute(firsts[call]);
        }
        return registers.syscall(numbers[call], firsts[call], seconds[call]);
    }
}
