package io.iowait.kernel;

import java.util.List;
import java.util.stream.IntStream;

/// The places where the emulated machine spends time that no program asked for.
///
/// The places follow the measurements on Linux 6.18 that docs/sources.md describes; values live in
/// a [CostProfile].
public final class Cost {
    /// Enter and leave a system call.
    public static final int SYSCALL = 0;

    /// Queueing a sleep's timer.
    public static final int TIMER_ARM = 1;

    /// Programming the timer hardware, when a new timer is the CPU's earliest.
    public static final int TIMER_PROGRAM = 2;

    /// From the decision to sleep to the switch.
    public static final int BLOCK = 3;

    /// From the switch to the next task's own code.
    public static final int SWITCH_IN = 4;

    /// Towards the switch at the end of a system call, when a reschedule was asked for.
    public static final int PREEMPT = 5;

    /// From a wake-up on an idle CPU to the switch.
    public static final int IDLE_EXIT = 6;

    /// From a timer's expiry to its handler, CPU busy.
    public static final int IRQ_ENTER = 7;

    /// The same, CPU idle.
    public static final int IRQ_ENTER_IDLE = 8;

    /// One wake-up in an interrupt.
    public static final int IRQ_WAKE = 9;

    /// From one expired timer to the next in the same interrupt.
    public static final int IRQ_NEXT = 10;

    /// The tick's own work.
    public static final int IRQ_TICK = 11;

    /// From the last handler to the switch, or towards user code.
    public static final int IRQ_EXIT = 12;

    /// What is left until user code runs when there is no switch.
    public static final int IRQ_EXIT_USER = 13;

    /// One wake-up in a system call.
    public static final int WAKE = 14;

    /// From one wake-up to the next of a wake-all, or to what the call does next.
    public static final int WAKE_NEXT = 15;

    /// Into a futex call, if only one process has the futex.
    public static final int FUTEX = 16;

    /// First run of a thread.
    public static final int START = 17;

    /// Reading from a descriptor, beyond the system call.
    public static final int READ = 18;

    /// Writing to a descriptor, beyond the system call.
    public static final int WRITE = 19;

    /// Setting a timer descriptor, beyond the system call.
    public static final int TIMERFD_SETTIME = 20;

    /// epoll_wait, beyond the system call.
    public static final int EPOLL_WAIT = 21;

    /// Each event that epoll_wait returns.
    public static final int EPOLL_EVENT = 22;

    /// epoll_ctl, beyond the system call.
    public static final int EPOLL_CTL = 23;

    /// Creating a thread.
    public static final int CLONE = 24;

    /// Switching to another address space.
    public static final int ADDRESS_SPACE = 25;

    /// A device's interrupt handler.
    public static final int IRQ_DEVICE = 26;

    /// The expiry of a timer that wakes nobody by itself (a timer descriptor).
    public static final int IRQ_TIMERFD = 27;

    /// Reading the clock in user mode.
    public static final int CLOCK_READ = 28;

    /// Yielding, beyond the system call.
    public static final int YIELD = 29;

    /// Running one callback of an event loop.
    public static final int LOOP_CALLBACK = 30;

    /// One iteration of an event loop, beyond its calls.
    public static final int LOOP_ITERATION = 31;

    /// Starting one prepared thread of a workload at its common start.
    public static final int GATE = 32;

    /// From a pipe call to its data moved.
    public static final int PIPE = 33;

    /// Finishing a pipe call after its wait.
    public static final int PIPE_AGAIN = 34;

    /// Creating a process: a copy of the address space.
    public static final int FORK = 35;

    /// The end of a process: its address space is taken down.
    public static final int EXIT_SPACE = 36;

    /// One iteration of asyncio's loop, beyond its calls and callbacks.
    public static final int ASYNCIO_ITERATION = 37;

    /// Scheduling and running one callback of asyncio, without its own work.
    public static final int ASYNCIO_CALLBACK = 38;

    /// The same for a step of a task: a switch from one coroutine to another.
    public static final int ASYNCIO_STEP = 39;

    /// Handing a job to an executor of asyncio, in the loop's thread.
    public static final int ASYNCIO_HANDOFF = 40;

    /// Handing its result back, in the worker's thread, beyond the calls.
    public static final int ASYNCIO_WORKER = 41;

    /// One iteration of Node's loop, beyond its calls and callbacks.
    public static final int NODE_ITERATION = 42;

    /// Scheduling and running one callback of a phase of Node, without its own work.
    public static final int NODE_CALLBACK = 43;

    /// The same for a tick or a microtask: a switch from one async function to another.
    public static final int NODE_STEP = 44;

    /// Handing a job to Node's pool, in the loop's thread.
    public static final int NODE_HANDOFF = 45;

    /// Handing its result back, in the worker's thread, beyond the calls.
    public static final int NODE_WORKER = 46;

    /// A loop's poll, for each descriptor that it watches, ready or not: nothing under epoll.
    public static final int POLL_WATCHED = 47;

    /// Into a futex call, if the futex lies in memory that processes share: it is found by its
    /// page.
    public static final int FUTEX_SHARED = 48;

    public static final int COUNT = 49;

    private static final List<String> NAMES =
            List.of(
                    "syscall",
                    "timer_arm",
                    "timer_program",
                    "block",
                    "switch_in",
                    "preempt",
                    "idle_exit",
                    "irq_enter",
                    "irq_enter_idle",
                    "irq_wake",
                    "irq_next",
                    "irq_tick",
                    "irq_exit",
                    "irq_exit_user",
                    "wake",
                    "wake_next",
                    "futex",
                    "start",
                    "read",
                    "write",
                    "timerfd_settime",
                    "epoll_wait",
                    "epoll_event",
                    "epoll_ctl",
                    "clone",
                    "address_space",
                    "irq_device",
                    "irq_timerfd",
                    "clock_read",
                    "yield",
                    "loop_callback",
                    "loop_iteration",
                    "gate",
                    "pipe",
                    "pipe_again",
                    "fork",
                    "exit_space",
                    "asyncio_iteration",
                    "asyncio_callback",
                    "asyncio_step",
                    "asyncio_handoff",
                    "asyncio_worker",
                    "node_iteration",
                    "node_callback",
                    "node_step",
                    "node_handoff",
                    "node_worker",
                    "poll_watched",
                    "futex_shared");

    private Cost() {}

    /// Whether it is the price of a loop's own code, not of the kernel's.
    static boolean isOfLoop(int cost) {
        return cost == LOOP_CALLBACK
                || cost == LOOP_ITERATION
                || cost >= ASYNCIO_ITERATION && cost <= POLL_WATCHED;
    }

    /// The places within a switch, a wake-up and the way into a sleep, where no kernel is
    /// preempted.
    static IntStream uninterrupted() {
        return IntStream.of(
                TIMER_ARM,
                TIMER_PROGRAM,
                BLOCK,
                SWITCH_IN,
                ADDRESS_SPACE,
                START,
                PREEMPT,
                WAKE,
                WAKE_NEXT,
                READ,
                WRITE,
                EPOLL_WAIT,
                PIPE,
                PIPE_AGAIN);
    }

    public static String name(int cost) {
        return NAMES.get(cost);
    }

    /// The cost of that name, or -1.
    public static int of(String name) {
        return NAMES.indexOf(name);
    }
}
