package io.iowait.sched.policy;

import io.iowait.sched.Policy;
import io.iowait.sched.SchedContext;
import io.iowait.sched.Tasks;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Lottery: every quantum is a draw, in which each runnable task holds its tickets.
///
/// Tickets are the task's parameter `tickets` (1 where it has none). A number below the sum of all
/// tickets is drawn; tasks are passed in order of their ids, adding up tickets, and the first at
/// which the sum exceeds the number wins. A woken task preempts nobody. O(n) a draw.
///
/// Source: Waldspurger & Weihl, "Lottery Scheduling", OSDI 1994; OSTEP ch. 9. Differs: no
/// compensation tickets, so a task that blocks early in its quanta gets less than its share.
public final class LotteryPolicy implements Policy {
    /// The parameter of a task.
    public static final String TICKETS = "tickets";

    private static final long[] BY_SEED = new long[0];

    private final long quantumNs;
    private final long[] table;
    private final BitSet waiting = new BitSet();
    private int[] tickets = new int[0];
    private @Nullable SchedContext context;
    private int taken;
    private long winner;
    private long total;

    private LotteryPolicy(long quantumNs, long[] table) {
        if (quantumNs <= 0) {
            throw new IllegalArgumentException(
                    "quantum must be positive: quantumNs=" + quantumNs + " policy=lottery");
        }
        this.quantumNs = quantumNs;
        this.table = table;
    }

    /// Draws hang on the seed of the run.
    public static LotteryPolicy drawing(long quantumNs) {
        return new LotteryPolicy(quantumNs, BY_SEED);
    }

    /// Draws come from a table, one a decision: each is taken modulo the sum of tickets. After its
    /// last row the seed's follow.
    public static LotteryPolicy fromTable(long quantumNs, long... draws) {
        return new LotteryPolicy(quantumNs, draws.clone());
    }

    @Override
    public void init(SchedContext context) {
        this.context = context;
    }

    @Override
    public void enqueue(int task, int flags, long nowNs) {
        if (task >= tickets.length) {
            tickets = Arrays.copyOf(tickets, Math.max(task + 1, 2 * tickets.length));
        }
        if (tickets[task] == 0) {
            tickets[task] =
                    Math.toIntExact(Math.max(1, context().tasks().parameter(task, TICKETS, 1)));
        }
        waiting.set(task);
    }

    @Override
    public void dequeue(int task, int flags, long nowNs) {
        waiting.clear(task);
    }

    @Override
    public int pickNext(int cpu, long nowNs) {
        long sum = 0;
        for (int t = next(0, cpu); t >= 0; t = next(t + 1, cpu)) {
            sum += tickets[t];
        }
        if (sum == 0) {
            return Tasks.NO_TASK;
        }
        total = sum;
        winner = taken < table.length ? table[taken++] % total : context().draw(total);
        int task = next(0, cpu);
        for (long held = tickets[task]; held <= winner; held += tickets[task]) {
            task = next(task + 1, cpu);
        }
        return task;
    }

    private int next(int from, int cpu) {
        int task = waiting.nextSetBit(from);
        while (task >= 0 && !context().tasks().allowedOn(task, cpu)) {
            task = waiting.nextSetBit(task + 1);
        }
        return task;
    }

    @Override
    public void running(int task, int cpu, long nowNs) {
        waiting.clear(task);
    }

    @Override
    public void stopping(int task, int cpu, long ranNs, boolean runnable, long nowNs) {
        if (runnable) {
            waiting.set(task);
        }
    }

    @Override
    public long sliceNs(int task) {
        return quantumNs;
    }

    /// The ticket that won last.
    public long winner() {
        return winner;
    }

    /// How many tickets took part in the last draw.
    public long total() {
        return total;
    }

    @Override
    public String explain(int task, int cpu) {
        return "ticket %d of %d; holds %d".formatted(winner, total, tickets[task]);
    }

    @Override
    public String slicing() {
        return "exact";
    }

    @Override
    public String name() {
        return "lottery";
    }

    private SchedContext context() {
        return Objects.requireNonNull(context);
    }
}
