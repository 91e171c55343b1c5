package io.iowait.kernel;

/// One system call: what happens at the point where it takes effect.
///
/// A handler never moves time. It says what more the call costs by [Kernel#charge], whom it wakes
/// by [Kernel#wake], where the caller waits by the `block` verbs, and what the result is by
/// [Kernel#result].
public interface SyscallHandler {
    /// The call is finished; the result is set.
    int DONE = 0;

    /// The caller sleeps: a `block` verb was called.
    int BLOCKED = 1;

    /// The caller keeps its CPU and looks again, see [Kernel#lookAgain]: [#enter] comes once more.
    int AGAIN = 2;

    /// Performs the call; entering the kernel has been paid for.
    int enter(int task, int cpu, long nowNs);

    /// The sleeping caller runs again: `why` is one of [Kernel#WOKEN], [Kernel#TIMED_OUT],
    /// [Kernel#INTERRUPTED]. Left out: the call is finished with what the waker set as result.
    default int resume(int task, int cpu, long nowNs, int why) {
        return DONE;
    }

    /// A call of this number was interrupted by nothing but a stop that is over: the call that is
    /// made now, without the program's knowledge, with the first argument as it stood while it
    /// slept; or -1 where it fails with EINTR. Left out: the same again.
    default int restartsAs(int call) {
        return call;
    }

    /// What entering costs beyond the bare system call ([Cost]), or -1.
    default int entryCost() {
        return -1;
    }

    /// The same where it depends on the call's first argument. Left out: it does not.
    default int entryCost(long arg0) {
        return entryCost();
    }
}
