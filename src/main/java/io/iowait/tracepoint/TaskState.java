package io.iowait.tracepoint;

/// The life of a task, with the letters that Linux prints.
///
/// | from | to | by |
/// |---|---|---|
/// | NEW | RUNNABLE | `sched_wakeup_new` |
/// | RUNNABLE | RUNNING | `sched_switch` (as next) |
/// | RUNNING | RUNNABLE | `sched_switch` (as previous: preempted, yielded, slice used up) |
/// | RUNNING | SLEEPING, DISK, STOPPED | `sched_switch` (as previous: it blocked) |
/// | RUNNING | DEAD | `sched_switch` (as previous, after `sched_process_exit`) |
/// | SLEEPING, STOPPED | RUNNABLE | `sched_wakeup`, or a signal's wake-up |
/// | DISK | RUNNABLE | `sched_wakeup` by its completion; never by a signal |
///
/// Source: Linux 6.18 `include/linux/sched.h`, tools/verification/rv (monitor sssw).
public final class TaskState {
    public static final int NEW = 0;
    public static final int RUNNABLE = 1;
    public static final int RUNNING = 2;

    /// S: interruptible sleep.
    public static final int SLEEPING = 3;

    /// D: uninterruptible sleep, counts as I/O wait.
    public static final int DISK = 4;

    /// T: stopped by a signal.
    public static final int STOPPED = 5;

    public static final int DEAD = 6;

    public static final int COUNT = 7;

    /// A bit of `prev_state` in a `sched_switch`, beside RUNNABLE: the task was preempted in the
    /// midst of kernel code. Linux prints it as `R+`. Who leaves on return to user mode has plain
    /// R.
    public static final int PREEMPTED = 1 << 8;

    private static final String LETTERS = "NRRSDTX";

    /// Bit `to` of entry `from`: the table above.
    private static final int[] LEGAL = {
        1 << RUNNABLE,
        1 << RUNNING,
        1 << RUNNABLE | 1 << SLEEPING | 1 << DISK | 1 << STOPPED | 1 << DEAD,
        1 << RUNNABLE,
        1 << RUNNABLE,
        1 << RUNNABLE,
        0,
    };

    private TaskState() {}

    /// Whether the table has a line for this step.
    public static boolean isLegal(int from, int to) {
        return (LEGAL[from] >>> to & 1) != 0;
    }

    public static boolean isBlocked(int state) {
        return state == SLEEPING || state == DISK || state == STOPPED;
    }

    /// The state in which a `sched_switch` says that its previous task left, without [#PREEMPTED].
    public static int left(long prevState) {
        return (int) (prevState & ~PREEMPTED);
    }

    /// `prev_state` in a `sched_switch` line: a letter, with `+` for [#PREEMPTED].
    public static String letters(long prevState) {
        return letter(left(prevState)) + ((prevState & PREEMPTED) != 0 ? "+" : "");
    }

    /// The letter of a state.
    public static char letter(int state) {
        return LETTERS.charAt(state);
    }
}
