package io.iowait.kernel;

/// What a body hands to the kernel and gets back: one block, reused for every step of every task.
public final class Registers {
    /// For COMPUTE: user time to spend, in ns.
    public long ns;

    /// For SYSCALL: the call ([Sys]).
    public int call;

    /// For SYSCALL: arguments. For EXIT: `arg0` is the exit code.
    public long arg0;

    public long arg1;

    /// On entry to [Body#next]: the result of the task's last call; negative is an error ([Errno]).
    public long result;

    public int compute(long ns) {
        this.ns = ns;
        return Body.COMPUTE;
    }

    public int syscall(int call, long arg0, long arg1) {
        this.call = call;
        this.arg0 = arg0;
        this.arg1 = arg1;
        return Body.SYSCALL;
    }

    public int exit(long code) {
        arg0 = code;
        return Body.EXIT;
    }
}
