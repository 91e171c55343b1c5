package io.iowait.kernel;

/// What a kernel thread executes: asked for its next step whenever it is in user mode with nothing
/// left to do. A runtime supplies bodies; the kernel knows nothing of programs.
public interface Body {
    /// Spend `ns` of user time.
    int COMPUTE = 0;

    /// Enter the kernel: `call`, `arg0`, `arg1`.
    int SYSCALL = 1;

    /// End the thread.
    int EXIT = 2;

    /// The next step of a task; fills `registers` and returns COMPUTE, SYSCALL or EXIT.
    int next(int task, long nowNs, Registers registers);

    /// A signal is delivered, on return to user mode and before [#next], or when it ends a sleep.
    /// Left out: it is ignored.
    default void signal(int task, int signal, long nowNs) {}
}
