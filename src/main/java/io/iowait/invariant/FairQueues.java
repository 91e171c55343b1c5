package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.FairState;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TaskState;

/// The queues of a class of virtual deadlines as a trace tells them (`fair_state`), a queue a CPU;
/// what follows from that, the average and who is to be picked, is reckoned here and not taken from
/// the class.
///
/// With W the sum of the weights w of a queue's tasks and v their virtual runtimes, the average is
/// V = floor(Σ w v / W), a task's lag V - v, and it is *eligible* when that is not negative. The
/// *current* task runs, or ran last; those that wait are in order of virtual deadline, equals as
/// they came.
///
/// Laws F1 to F7 share one: each hands over every record, and it takes each in once.
///
/// Source: Linux 6.18 `kernel/sched/fair.c` (`avg_vruntime`, `pick_eevdf`, `set_protect_slice`).
final class FairQueues {
    static final long KINDS =
            Kind.mask(
                    Kind.FAIR_STATE,
                    Kind.SCHED_SWITCH,
                    Kind.SCHED_PROCESS_FORK,
                    Kind.ENQUEUE,
                    Kind.SET_NEED_RESCHED,
                    Kind.POLICY_EJECT);

    static final int NONE = -1;
    static final long NEVER = Long.MAX_VALUE;

    private static final int NEW = 1;
    private static final int CHANGED = 8 | 16;

    private final IdLists members = new IdLists(); // by queue
    private final WideSums sums = new WideSums(); // of w (v - origin)
    private FairTasks tasks = new FairTasks(0);
    private FairSetting setting =
            new FairSetting(-1, 0, 0, 0, false, false, false, false, false, false, false, false);
    private boolean begun;
    private boolean isOn;
    private long taken = -1;
    private long arrivals;
    private int rows;

    // by task
    private long[] vruntimeNs = new long[0];
    private long[] deadlineNs = new long[0];
    private long[] keptLagNs = new long[0];
    private long[] protectedNs = new long[0];
    private long[] arrival = new long[0];
    private int[] delayed = new int[0];
    private int[] relative = new int[0];
    private int[] enqueuedAs = new int[0];

    // by queue
    private int[] current = new int[0];
    private int[] count = new int[0];
    private long[] weights = new long[0];
    private long[] originNs = new long[0];
    private long[] clockNs = new long[0];
    private long[] askedNs = new long[0];

    void begin(World world) {
        if (!begun) {
            begun = true;
            isOn = world.fromStart();
            setting = FairSetting.of(world.setting());
            tasks = new FairTasks(setting.sliceNs());
        }
    }

    /// Whether all is known: the trace has its head, and the class is not ejected.
    boolean isOn() {
        return isOn;
    }

    FairSetting setting() {
        return setting;
    }

    FairTasks tasks() {
        return tasks;
    }

    // ---------------------------------------------------------------- what is told

    /// Takes a record in, the first time that it is shown.
    void take(World world, Block block, int i) {
        if (block.seq(i) == taken) {
            return;
        }
        taken = block.seq(i);
        int task = block.task(i);
        switch (block.kind(i)) {
            case Kind.FAIR_STATE -> {
                ensure(world, block.cpu(i), task);
                told(block, i, block.cpu(i), task);
            }
            case Kind.SCHED_SWITCH -> switched(world, block, i);
            case Kind.SCHED_PROCESS_FORK -> {
                ensure(world, 0, (int) block.a(i));
                tasks.forked(world.setting(), task, (int) block.a(i));
            }
            case Kind.ENQUEUE -> {
                ensure(world, 0, task);
                boolean runs = world.state(task) == TaskState.RUNNING;
                enqueuedAs[task] = (int) block.b(i) & (runs ? -1 : ~CHANGED);
            }
            case Kind.SET_NEED_RESCHED -> {
                ensure(world, block.cpu(i), 0);
                askedNs[block.cpu(i)] = Math.min(askedNs[block.cpu(i)], block.t(i));
            }
            default -> isOn &= block.a(i) != setting.policyClass();
        }
    }

    private void switched(World world, Block block, int i) {
        int queue = block.cpu(i);
        ensure(world, queue, Math.max(0, block.task(i)));
        int next = (int) block.a(i);
        if (next < 0 || world.policyClass(next) != setting.policyClass()) {
            put(queue);
            askedNs[queue] = NEVER; // else the class tells that its task runs
        }
    }

    private void told(Block block, int i, int queue, int task) {
        long a = block.a(i);
        long value = FairState.value(block.b(i));
        switch (FairState.what(block.b(i))) {
            case FairState.PLACE -> {
                leave(task);
                vruntimeNs[task] = a;
                deadlineNs[task] = a + value;
                relative[task] = 0;
                enqueuedAs[task] &= CHANGED;
                join(queue, task);
            }
            case FairState.CHARGE -> {
                move(task, vruntimeNs[task] + a);
                clockNs[queue] += value;
            }
            case FairState.RENEW -> deadlineNs[task] = vruntimeNs[task] + a;
            case FairState.RUN -> {
                if (current[queue] != task) {
                    put(queue);
                    current[queue] = task;
                }
                protectedNs[task] = vruntimeNs[task] + a;
                clockNs[queue] = block.t(i) - value;
                askedNs[queue] = NEVER;
                enqueuedAs[task] &= ~CHANGED;
            }
            case FairState.TEST_STAYS, FairState.TEST_LETS -> {
                if (current[queue] != NONE) {
                    protectedNs[current[queue]] = vruntimeNs[current[queue]] + a;
                }
            }
            case FairState.YIELD -> {
                move(task, a);
                deadlineNs[task] = a + value;
            }
            case FairState.DELAY -> delayed[task] = 1;
            case FairState.KEEP -> delayed[task] = 0;
            default -> {
                keptLagNs[task] = a;
                boolean moves = FairState.what(block.b(i)) == FairState.MOVE;
                relative[task] = moves && delayed[task] == 0 ? 1 : 0;
                leave(task);
            }
        }
    }

    private void join(int queue, int task) {
        if (count[queue]++ == 0) {
            originNs[queue] = vruntimeNs[task];
            sums.clear(queue);
        }
        members.append(queue, task);
        arrival[task] = arrivals++;
        weights[queue] += tasks.weight(task);
        sums.add(queue, tasks.weight(task), vruntimeNs[task] - originNs[queue]);
    }

    private void leave(int task) {
        int queue = members.listOf(task);
        if (queue == NONE) {
            return;
        }
        members.remove(task);
        count[queue]--;
        weights[queue] -= tasks.weight(task);
        sums.add(queue, -tasks.weight(task), vruntimeNs[task] - originNs[queue]);
        delayed[task] = 0;
        current[queue] = current[queue] == task ? NONE : current[queue];
    }

    private void move(int task, long toNs) {
        int queue = members.listOf(task);
        if (queue != NONE) {
            sums.add(queue, tasks.weight(task), toNs - vruntimeNs[task]);
        }
        vruntimeNs[task] = toNs;
    }

    /// The current task waits with the others from now on.
    private void put(int queue) {
        if (current[queue] != NONE) {
            arrival[current[queue]] = arrivals++;
            current[queue] = NONE;
        }
    }

    private void ensure(World world, int queue, int task) {
        if (queue >= current.length) {
            current = Rows.holding(current, queue, NONE);
            count = Rows.holding(count, queue, 0);
            weights = Rows.holding(weights, queue, 0);
            originNs = Rows.holding(originNs, queue, 0);
            clockNs = Rows.holding(clockNs, queue, 0);
            askedNs = Rows.holding(askedNs, queue, NEVER);
        }
        if (task >= rows) {
            rows = task + 1;
            vruntimeNs = Rows.holding(vruntimeNs, task, 0);
            deadlineNs = Rows.holding(deadlineNs, task, 0);
            keptLagNs = Rows.holding(keptLagNs, task, 0);
            protectedNs = Rows.holding(protectedNs, task, 0);
            arrival = Rows.holding(arrival, task, 0);
            delayed = Rows.holding(delayed, task, 0);
            relative = Rows.holding(relative, task, 0);
            enqueuedAs = Rows.holding(enqueuedAs, task, 0);
            tasks.ensure(world.setting(), task);
        }
    }

    // ---------------------------------------------------------------- tasks

    /// Whether the trace has told of the task and of the queue.
    boolean knows(int queue, int task) {
        return queue < current.length && task >= 0 && task < rows;
    }

    /// The queue that the task is in, or [#NONE].
    int queueOf(int task) {
        return members.listOf(task);
    }

    long vruntimeNs(int task) {
        return vruntimeNs[task];
    }

    long deadlineNs(int task) {
        return deadlineNs[task];
    }

    /// The lag with which it left its queue; of a new task 0.
    long keptLagNs(int task) {
        return isNew(task) ? 0 : keptLagNs[task];
    }

    /// Until when it is protected as the current task: a virtual runtime, or a deadline.
    long protectedNs(int task) {
        return protectedNs[task];
    }

    /// It blocked and is still queued.
    boolean isDelayed(int task) {
        return delayed[task] != 0;
    }

    /// It left without blocking: its deadline is kept, as far ahead as it was.
    boolean keepsDeadline(int task) {
        return relative[task] != 0 && !isNew(task);
    }

    /// Its latest enqueue was its first.
    boolean isNew(int task) {
        return (enqueuedAs[task] & NEW) != 0;
    }

    /// Its latest enqueue was its first, and it never slept before.
    boolean isForked(int task) {
        return enqueuedAs[task] == NEW;
    }

    /// Its class or priority has changed while it runs: it goes on without a pick.
    boolean hasChanged(int task) {
        return (enqueuedAs[task] & CHANGED) != 0;
    }

    /// Whether the current task of a queue may go on while it is eligible.
    boolean isProtected(int task) {
        return setting.protectVirtual()
                ? protectedNs[task] - vruntimeNs[task] > 0
                : setting.runToParity() && protectedNs[task] == deadlineNs[task];
    }

    // ---------------------------------------------------------------- queues

    /// The task that runs or ran last, or [#NONE].
    int current(int queue) {
        return current[queue];
    }

    /// All that are queued, delayed ones too.
    int count(int queue) {
        return queue < count.length ? count[queue] : 0;
    }

    /// First of the queue's tasks, in no order that matters, or [#NONE].
    int first(int queue) {
        return members.first(queue);
    }

    int next(int task) {
        return members.next(task);
    }

    /// Up to when the current task is charged.
    long clockNs(int queue) {
        return clockNs[queue];
    }

    /// When the first reschedule was asked for that has not happened yet, or [#NEVER].
    long askedNs(int queue) {
        return askedNs[queue];
    }

    /// V of a queue that is not empty.
    long averageNs(int queue) {
        return originNs[queue] + sums.floorDiv(queue, weights[queue]);
    }

    boolean isEligible(int task) {
        return vruntimeNs[task] - averageNs(queueOf(task)) <= 0;
    }

    /// The largest lag that is kept of a task, either way.
    long lagLimitNs(int task) {
        return tasks.virtualNs(task, Math.max(2 * tasks.sliceNs(task), setting.tickNs()));
    }

    /// The least request of a queue's tasks but for one, or [#NEVER].
    long leastSliceNs(int queue, int but) {
        long least = NEVER;
        for (int task = first(queue); task != NONE; task = next(task)) {
            least = task == but ? least : Math.min(least, tasks.sliceNs(task));
        }
        return least;
    }

    /// Until when a task is protected that begins to run now.
    long protectionNs(int queue, int task) {
        if (!setting.protectVirtual()) {
            return deadlineNs[task];
        }
        long least = setting.runToParity() ? leastSliceNs(queue, task) : setting.protectNs();
        long untilNs = deadlineNs[task];
        return least < tasks.sliceNs(task)
                ? Math.min(untilNs, vruntimeNs[task] + tasks.virtualNs(task, least))
                : untilNs;
    }

    /// The task that is to run next, perhaps a delayed one, or [#NONE]. O(tasks of the queue).
    ///
    /// @param protects whether a protected current task goes on
    int pick(int queue, boolean protects) {
        if (count(queue) == 0) {
            return NONE;
        }
        int running = current[queue];
        if (count[queue] == 1) {
            return first(queue);
        }
        long averageNs = averageNs(queue);
        boolean may = running != NONE && vruntimeNs[running] <= averageNs;
        if (may && protects && isProtected(running)) {
            return running;
        }
        int best = NONE;
        for (int task = first(queue); task != NONE; task = next(task)) {
            if (task != running
                    && vruntimeNs[task] <= averageNs
                    && (best == NONE || isBefore(task, best))) {
                best = task;
            }
        }
        return may && (best == NONE || deadlineNs[running] < deadlineNs[best]) ? running : best;
    }

    private boolean isBefore(int task, int other) {
        return deadlineNs[task] != deadlineNs[other]
                ? deadlineNs[task] < deadlineNs[other]
                : arrival[task] < arrival[other];
    }
}
