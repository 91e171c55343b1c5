package io.iowait.tracepoint;

import java.util.Arrays;
import java.util.List;

/// The kinds of tracepoints, as dense ints that fit a 64-bit mask.
///
/// Spelled as Linux spells them where Linux has them (`include/trace/events` of 6.18); the rest are
/// ours. Each line says what `task`, `a` and `b` hold; `cpu` is where it happened, `cause` the
/// sequence number of the record that led to it, or [Block#NO_CAUSE].
public final class Kind {
    /// task = previous, a = next, b = state of previous ([TaskState]); idle is task -1.
    public static final int SCHED_SWITCH = 0;

    /// task = woken, a = the task running on this CPU, b = 1 in an interrupt.
    public static final int SCHED_WAKING = 1;

    /// task = woken, a = target CPU, b = state it left ([TaskState]).
    public static final int SCHED_WAKEUP = 2;

    /// task = new task on its first wake-up, a = target CPU.
    public static final int SCHED_WAKEUP_NEW = 3;

    /// a = from CPU, b = to CPU.
    public static final int SCHED_MIGRATE_TASK = 4;

    /// task = parent (or -1), a = child.
    public static final int SCHED_PROCESS_FORK = 5;

    /// task = the one that ends, a = exit code.
    public static final int SCHED_PROCESS_EXIT = 6;

    /// a = interrupt line ([Irq]); task = interrupted task or -1.
    public static final int IRQ_HANDLER_ENTRY = 7;

    /// a = interrupt line.
    public static final int IRQ_HANDLER_EXIT = 8;

    /// a = system call number, b = first argument.
    public static final int SYS_ENTER = 9;

    /// a = system call number, b = result (negative: error).
    public static final int SYS_EXIT = 10;

    /// a = timer id, b = latest expiry in ns (hard). task = owner or -1.
    public static final int TIMER_START = 11;

    /// a = timer id, b = earliest expiry in ns (soft).
    public static final int TIMER_EXPIRE = 12;

    /// a = timer id.
    public static final int TIMER_CANCEL = 13;

    /// A reschedule was requested on `cpu`; task = its current task or -1.
    public static final int SET_NEED_RESCHED = 14;

    /// task became known to a policy, a = class index, b = flags.
    public static final int ENQUEUE = 15;

    /// task left a policy, a = class index, b = flags.
    public static final int DEQUEUE = 16;

    /// task waits for lock a held by task b (or -1).
    public static final int LOCK_WAIT = 17;

    /// task holds lock a; b = 1: it has taken one of semaphore a.
    public static final int LOCK_ACQUIRE = 18;

    /// task gave up lock a; b = 1: it has added one to semaphore a.
    public static final int LOCK_RELEASE = 19;

    /// a = request id, b = device; task = submitter.
    public static final int REQUEST_SUBMIT = 20;

    /// a = request id, b = device. The hardware is done.
    public static final int REQUEST_COMPLETE = 21;

    /// a = request id, b = device; task = who gets the result.
    public static final int REQUEST_DELIVER = 22;

    /// task = the loop's thread, a = loop id, b = iteration number.
    public static final int LOOP_ITERATION = 23;

    /// task = thread, a = callback (post) id, b = loop id; where queues have their number
    /// ([LoopQueue]) stands the function that it runs + 1, 0 when that is not told. The names are
    /// in the fact `functions.<loop>`.
    public static final int CALLBACK_BEGIN = 24;

    /// task = thread, a = callback (post) id, b = loop id; where queues have their number
    /// ([LoopQueue]) stands [LoopQueue#FAILED] if an exception left it that nobody caught.
    public static final int CALLBACK_END = 25;

    /// Something was put on a loop's queue: task = who did it, a = post id, b = loop id and queue
    /// ([LoopQueue]).
    public static final int CALLBACK_POST = 26;

    /// A post was taken back before it ran: a = post id, b = loop id.
    public static final int CALLBACK_CANCEL = 27;

    /// A coroutine suspends: task = thread, a = coroutine id, b = loop id.
    public static final int TASK_AWAIT = 28;

    /// A coroutine goes on: task = thread, a = coroutine id, b = loop id.
    public static final int TASK_RESUME = 29;

    /// Account of a CPU from the start until now: a = bucket ([CpuTime]), b = ns. At the end of a
    /// run, and wherever a window of measurement starts.
    public static final int CPU_ACCOUNT = 30;

    /// End-of-run account of a task: a = bucket ([TaskTime]), b = ns.
    public static final int TASK_ACCOUNT = 31;

    /// One request of a client comes in (a = request id, b = when it was due, ns). Not told where a
    /// client is no more than the timer behind its socket: the timer's expiry says it.
    public static final int REQUEST_BEGIN = 32;

    /// One request of a client is answered (a = request id, b = when it was due, ns).
    public static final int REQUEST_END = 33;

    /// A signal was sent: task = target, a = signal number, b = sender or -1.
    public static final int SIGNAL_GENERATE = 34;

    /// A task leaves its CPU: task, a = ns on it since it was switched in.
    public static final int SCHED_STAT_RUNTIME = 35;

    /// The run is over: a = how ([RunEnd]). Always the last record of a run that came to its end.
    public static final int RUN_END = 36;

    /// One request of a client is refused (a = request id, b = when it was due, ns).
    public static final int REQUEST_REJECT = 37;

    /// A user's policy is ejected and round robin takes its place: a = class index, b = why
    /// ([Ejection]); task = whom it was asked about, or -1.
    public static final int POLICY_EJECT = 38;

    /// A loop is to run something at a time: task = the loop's thread, a = deadline in ns, b = loop
    /// id, and where queues have their number ([LoopQueue]) the duration in ms of one of Node's.
    /// The post that it leads to has this record as its cause.
    public static final int LOOP_TIMER_START = 39;

    /// Such a timer was taken back before it was posted: b = loop id; its cause is the record of
    /// its start.
    public static final int LOOP_TIMER_CANCEL = 40;

    /// A job for a pool of workers: task = who hands it over, a = job number, b = pool, named by
    /// its first worker's task id.
    public static final int JOB_SUBMIT = 41;

    /// A worker is given a job: task = worker, a = job number, b = pool.
    public static final int JOB_BEGIN = 42;

    /// A worker has done its job and posts the result next: task = worker, a = job number, b =
    /// pool.
    public static final int JOB_END = 43;

    /// A job that no worker was given is dropped: a = job number, b = pool.
    public static final int JOB_CANCEL = 44;

    /// A task is lent urgency, or gives it back: a = its rank from now on, b = its rank before. A
    /// rank is class index * 100 + 99 - priority: the less, the more urgent.
    public static final int SCHED_PI_SETPRIO = 45;

    /// A loop has ended and left something over: task = its thread, a = function, b = loop id, and
    /// where queues have their number how many (bits 0-23) and what: 1 coroutines that were never
    /// awaited, 2 tasks that never ended, 3 exceptions of tasks nobody asked for (bits 24-31).
    public static final int LOOP_LEFT = 46;

    /// What a class keeps of a task, told when it changes: a and b by class. The deadline class:
    /// absolute deadline and budget left, ns; of who was lent a deadline that one, and
    /// [Long#MAX_VALUE].
    public static final int POLICY_STATE = 47;

    /// What changes in a queue of virtual deadlines (EEVDF): task, cpu = the queue's, a and b by
    /// what it is ([FairState]).
    public static final int FAIR_STATE = 48;

    /// Number of kinds.
    public static final int COUNT = 49;

    /// Mask of all kinds.
    public static final long ALL = (1L << COUNT) - 1;

    private static final List<String> NAMES =
            List.of(
                    "sched_switch",
                    "sched_waking",
                    "sched_wakeup",
                    "sched_wakeup_new",
                    "sched_migrate_task",
                    "sched_process_fork",
                    "sched_process_exit",
                    "irq_handler_entry",
                    "irq_handler_exit",
                    "sys_enter",
                    "sys_exit",
                    "timer_start",
                    "timer_expire_entry",
                    "timer_cancel",
                    "sched_set_need_resched",
                    "enqueue",
                    "dequeue",
                    "lock_wait",
                    "lock_acquire",
                    "lock_release",
                    "request_submit",
                    "request_complete",
                    "request_deliver",
                    "loop_iteration",
                    "callback_begin",
                    "callback_end",
                    "callback_post",
                    "callback_cancel",
                    "task_await",
                    "task_resume",
                    "cpu_account",
                    "task_account",
                    "request_begin",
                    "request_end",
                    "signal_generate",
                    "sched_stat_runtime",
                    "run_end",
                    "request_reject",
                    "policy_eject",
                    "loop_timer_start",
                    "loop_timer_cancel",
                    "job_submit",
                    "job_begin",
                    "job_end",
                    "job_cancel",
                    "sched_pi_setprio",
                    "loop_left",
                    "policy_state",
                    "fair_state");

    private Kind() {}

    /// The tracepoint's name as it is printed and exported.
    public static String name(int kind) {
        return NAMES.get(kind);
    }

    /// The kind of that name, or -1.
    public static int of(String name) {
        return NAMES.indexOf(name);
    }

    /// A mask with the bits of these kinds.
    public static long mask(int... kinds) {
        return Arrays.stream(kinds).mapToLong(k -> 1L << k).reduce(0, (x, y) -> x | y);
    }
}
