package io.iowait.kernel;

import java.util.List;

/// System call numbers of the emulated kernel: dense, not those of any real machine.
public final class Sys {
    /// Relative sleep: arg0 = ns.
    public static final int NANOSLEEP = 0;

    /// Absolute sleep: arg0 = time in ns.
    public static final int CLOCK_NANOSLEEP = 1;

    public static final int SCHED_YIELD = 2;

    /// Start a prepared task: arg0 = its id.
    public static final int CLONE = 3;

    /// Wait for the end of a task: arg0 = its id, or [Joins#ALL_CHILDREN], or [Joins#ANY]; arg1 =
    /// absolute time limit in ns, 0 = none. The result is the task's exit code, 0 for all children,
    /// the task that ended for any.
    public static final int WAIT = 4;

    /// Lock a contended mutex: arg0 = lock.
    public static final int FUTEX_LOCK = 5;

    /// Unlock a mutex that others wait for: arg0 = lock.
    public static final int FUTEX_UNLOCK = 6;

    /// Take one of an empty semaphore: arg0 = semaphore.
    public static final int FUTEX_WAIT = 7;

    /// Add one to a semaphore that others wait for: arg0 = semaphore.
    public static final int FUTEX_WAKE = 8;

    /// arg0 = target task, arg1 = signal number.
    public static final int KILL = 9;

    /// Sleep until a signal.
    public static final int PAUSE = 10;

    /// Enter and leave, nothing else.
    public static final int GETPPID = 11;

    /// arg0 = file descriptor, arg1 = bytes.
    public static final int READ = 12;

    /// arg0 = file descriptor, arg1 = bytes (eventfd: value).
    public static final int WRITE = 13;

    /// arg0 = file descriptor.
    public static final int CLOSE = 14;

    /// arg0 = timer descriptor, arg1 = absolute time in ns, 0 disarms.
    public static final int TIMERFD_SETTIME = 15;

    /// arg0 = epoll descriptor, arg1 = descriptor to add with IN interest | mode << 32, see
    /// io.iowait.io.EpollFile; 0: level-triggered.
    public static final int EPOLL_CTL_ADD = 16;

    /// arg0 = epoll descriptor, arg1 = descriptor to remove.
    public static final int EPOLL_CTL_DEL = 17;

    /// arg0 = epoll descriptor | maxevents << 32, arg1 = absolute timeout in ns, 0 = poll only,
    /// [io.iowait.engine.Time#NEVER] = none. The result is the number of events.
    public static final int EPOLL_WAIT = 18;

    /// Start a request without waiting: arg0 = device descriptor, arg1 = bytes or argument.
    public static final int SUBMIT = 19;

    /// Stop at a barrier: arg0 = barrier.
    public static final int BARRIER = 20;

    /// Start a prepared task that is nobody's child: arg0 = its id.
    public static final int START = 21;

    /// Wait for a condition: arg0 = condition, arg1 = the mutex, given up meanwhile.
    public static final int COND_WAIT = 22;

    /// Wake waiters of a condition: arg0 = condition | how many at most << 32; the result is how
    /// many.
    public static final int COND_WAKE = 23;

    /// Take the next connection of listening socket arg0; the result is its descriptor.
    public static final int ACCEPT = 24;

    /// Open a device: arg0 = its number, arg1 = key of its service times, or -1 for the next one.
    /// The result is a descriptor.
    public static final int OPEN = 25;

    /// Connect to listening socket arg0; arg1 = 1: do not wait. The result is a descriptor.
    public static final int CONNECT = 26;

    /// Change the mode of a watched descriptor, and enable it again; arguments as for
    /// [#EPOLL_CTL_ADD].
    public static final int EPOLL_CTL_MOD = 27;

    public static final int COUNT = 28;

    private static final List<String> NAMES =
            List.of(
                    "nanosleep",
                    "clock_nanosleep",
                    "sched_yield",
                    "clone",
                    "wait4",
                    "futex_lock",
                    "futex_unlock",
                    "futex_wait",
                    "futex_wake",
                    "kill",
                    "pause",
                    "getppid",
                    "read",
                    "write",
                    "close",
                    "timerfd_settime",
                    "epoll_ctl_add",
                    "epoll_ctl_del",
                    "epoll_wait",
                    "io_submit",
                    "barrier",
                    "start",
                    "cond_wait",
                    "cond_wake",
                    "accept",
                    "open",
                    "connect",
                    "epoll_ctl_mod");

    private Sys() {}

    public static String name(int call) {
        return NAMES.get(call);
    }

    /// All names in order of their numbers, between spaces.
    public static String names() {
        return String.join(" ", NAMES);
    }
}
