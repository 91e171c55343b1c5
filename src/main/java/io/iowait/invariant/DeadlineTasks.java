package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.Kind;
import java.util.Optional;

/// Tasks of the deadline class: what they asked for (facts `parameters.<task>`) and what the class
/// has told of them (`policy_state`). Who was lent a deadline is not held to a bandwidth: its
/// budget is told as [Long#MAX_VALUE].
final class DeadlineTasks {
    static final long KINDS =
            Kind.mask(Kind.POLICY_STATE, Kind.ENQUEUE, Kind.DEQUEUE, Kind.SCHED_SWITCH);

    private static final int SLEEP = 2;
    private static final long NEVER = Long.MIN_VALUE;

    // by task
    private long[] runtimeNs = new long[0];
    private long[] relativeNs = new long[0];
    private long[] periodNs = new long[0];
    private long[] deadlineNs = new long[0];
    private long[] budgetNs = new long[0];
    private long[] wokenNs = new long[0];
    private long[] chargedNs = new long[0];
    private long[] queued = new long[0];
    private long[] lent = new long[0];

    /// By task: woken so near its deadline that its share of the time until then is less than 1 ns.
    private long[] runsOnNothing = new long[0];

    private int tasks;

    void update(World world, Block block, int i) {
        int task = block.task(i);
        switch (block.kind(i)) {
            case Kind.POLICY_STATE -> {
                ensure(world, task);
                boolean inTime = wokenNs[task] != NEVER && block.t(i) <= block.a(i);
                boolean scaled = inTime && isConstrained(task) && budgetNs[task] > 0;
                runsOnNothing[task] = scaled && block.b(i) == 0 ? 1 : 0;
                lent[task] = tellsLoan(block, i) ? 1 : 0;
                deadlineNs[task] = block.a(i);
                budgetNs[task] = block.b(i);
                chargedNs[task] = block.t(i);
                wokenNs[task] = NEVER;
            }
            case Kind.ENQUEUE -> {
                ensure(world, task);
                queued[task] = world.setting().classIs((int) block.a(i), "deadline") ? 1 : 0;
                wokenNs[task] = (block.b(i) & SLEEP) != 0 ? block.t(i) : NEVER;
            }
            case Kind.DEQUEUE -> {
                ensure(world, task);
                queued[task] = 0;
            }
            default -> {
                int next = (int) block.a(i);
                if (next >= 0) {
                    ensure(world, next);
                    chargedNs[next] = block.t(i);
                }
            }
        }
    }

    /// Whether a state is that of a task that was lent a deadline.
    static boolean tellsLoan(Block block, int i) {
        return block.b(i) == Long.MAX_VALUE;
    }

    /// Whether the task asked for a bandwidth of its own.
    boolean isReserved(int task) {
        return task >= 0 && task < tasks && runtimeNs[task] > 0;
    }

    /// Whether the task was lent a deadline when the class told of it last.
    boolean isLent(int task) {
        return task >= 0 && task < tasks && lent[task] != 0;
    }

    /// Whether the class holds the task to its own bandwidth now.
    boolean has(int task) {
        return isReserved(task) && lent[task] == 0;
    }

    boolean isQueued(int task) {
        return has(task) && queued[task] != 0;
    }

    /// Whether the task is in the class, on its own or by a loan, and its deadline was told.
    boolean isTold(int task) {
        return task >= 0 && task < tasks && queued[task] != 0 && deadlineNs[task] != NEVER;
    }

    /// Whether it waits for its next period: its budget is used up.
    boolean isThrottled(int task) {
        return isQueued(task) && isUsedUp(task);
    }

    /// Whether the task, known by what was told of it alone, may have the CPU.
    boolean isReady(int task) {
        return isTold(task) && !isUsedUp(task);
    }

    private boolean isUsedUp(int task) {
        return budgetNs[task] <= 0 && runsOnNothing[task] == 0;
    }

    int tasks() {
        return tasks;
    }

    long runtimeNs(int task) {
        return runtimeNs[task];
    }

    long relativeNs(int task) {
        return relativeNs[task];
    }

    long periodNs(int task) {
        return periodNs[task];
    }

    long deadlineNs(int task) {
        return deadlineNs[task];
    }

    long budgetNs(int task) {
        return budgetNs[task];
    }

    long nextPeriodNs(int task) {
        return deadlineNs[task] - relativeNs[task] + periodNs[task];
    }

    /// Up to when the budget was charged.
    long chargedNs(int task) {
        return chargedNs[task];
    }

    /// Whether its wake-up is the latest that was told of it.
    boolean hasJustWoken(int task) {
        return task < tasks && wokenNs[task] != NEVER;
    }

    private boolean isConstrained(int task) {
        return relativeNs[task] != periodNs[task];
    }

    private void ensure(World world, int task) {
        runtimeNs = Rows.holding(runtimeNs, task, 0);
        relativeNs = Rows.holding(relativeNs, task, 0);
        periodNs = Rows.holding(periodNs, task, 0);
        deadlineNs = Rows.holding(deadlineNs, task, NEVER);
        budgetNs = Rows.holding(budgetNs, task, 1);
        wokenNs = Rows.holding(wokenNs, task, NEVER);
        chargedNs = Rows.holding(chargedNs, task, 0);
        queued = Rows.holding(queued, task, 0);
        lent = Rows.holding(lent, task, 0);
        runsOnNothing = Rows.holding(runsOnNothing, task, 0);
        for (; tasks <= task; tasks++) {
            String words = world.setting().facts().get("parameters." + tasks, "");
            runtimeNs[tasks] = number(words, "dl_runtime_ns", 0);
            relativeNs[tasks] = number(words, "dl_deadline_ns", 0);
            periodNs[tasks] = number(words, "dl_period_ns", relativeNs[tasks]);
        }
    }

    private static long number(String words, String key, long otherwise) {
        for (String word : words.split(" ")) {
            if (word.startsWith(key + "=")) {
                return Long.parseLong(word.substring(key.length() + 1));
            }
        }
        return otherwise;
    }

    /// Why a law of deadline tasks is not asked, if it is not.
    static Optional<String> skip(Setting setting) {
        return areIn(setting.facts())
                ? Optional.empty()
                : Optional.of("no task of a deadline class");
    }

    /// Whether any task asked for a bandwidth.
    static boolean areIn(Facts facts) {
        return facts.lines().entrySet().stream()
                .anyMatch(line ->
                        line.getKey().startsWith("parameters.")
                                && line.getValue().contains("dl_runtime_ns="));
    }
}
