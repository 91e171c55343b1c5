package io.iowait.runtime;

import io.iowait.kernel.Registers;
import org.jspecify.annotations.Nullable;

/// What lives on an [EventLoop]: gives meaning to the kinds and numbers of its entries.
///
/// Each verb answers [#DONE] (or [#FAILED]), or with a step for the kernel (`registers.compute`,
/// `registers.syscall`); then [#resume] is called when that step has been made, until then.
public interface LoopTenant {
    /// The callback is over.
    int DONE = -1;

    /// The callback is over, left by an exception; nobody of the loop's flavour minds but Node.
    int FAILED = -2;

    /// Whether an entry of that kind goes on with a coroutine or an async function.
    default boolean isStep(int kind) {
        return false;
    }

    /// The function of the program that an entry runs, or -1.
    default int functionOf(int kind, int arg, @Nullable Object target) {
        return -1;
    }

    /// Before the first iteration.
    int begin(long nowNs, Registers registers);

    /// The turn of an entry of the ready queue has come.
    int run(int kind, int arg, @Nullable Object target, long nowNs, Registers registers);

    /// The step is made; `registers.result` holds the result of a system call.
    int resume(long nowNs, Registers registers);

    /// Stop was asked for and the iteration is finished: whether the loop goes on nevertheless.
    boolean goesOn(long nowNs);

    /// The loop will not run again.
    int end(long nowNs, Registers registers);
}
