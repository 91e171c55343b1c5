package io.iowait.scenario;

import io.iowait.sched.Policy;
import io.iowait.sched.SchedContext;
import io.iowait.sched.Tasks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Jobs of periodic tasks, each a thread, by a fixed key or by their laxity: the schedulers of
/// SimSo.
///
/// The `cpus` best of the jobs that can run do run; a job can run when the earlier ones of its task
/// have ended. Least laxity first decides anew at each release, completion and full millisecond. An
/// aborted job is never picked again. Cases are small: O(jobs) a decision.
///
/// Source: SimSo (M. Chéramy et al.), `simso.schedulers`.
final class SimsoJobs implements Policy, JobEnds {
    private static final long MS = 1_000_000;

    private final List<Job> jobs;
    private final Ties ties;
    private final boolean leastLaxity;
    private final boolean aborts;
    private @Nullable SchedContext context;

    /// Jobs that were given and do not run, in order of arrival.
    private final List<Integer> ready = new ArrayList<>();

    private int[] running = new int[0];
    private long[] sinceNs = new long[0];
    private final long[] ranNs;
    private final long[] endNs;
    private final long[] stoppedNs;
    private final boolean[] aborted;

    /// By periodic task: the number of its first job that has not ended.
    private final int[] open;

    /// A job; its thread's id is its place in the list.
    ///
    /// @param stream number of its periodic task, in order of the case
    /// @param id of its periodic task, as the case has it
    /// @param key what is compared, the least first
    record Job(int stream, int id, int k, long releaseNs, long deadlineNs, long costNs, long key) {}

    /// Who goes first among equals.
    ///
    /// @param runningFirst or else the others may preempt a running equal
    /// @param byRelease before ids are compared
    /// @param descending higher ids first
    record Ties(boolean runningFirst, boolean byRelease, boolean descending) {
        static Ties of(String name) {
            return switch (name) {
                case "asc" -> new Ties(false, false, false);
                case "desc" -> new Ties(false, false, true);
                case "runasc" -> new Ties(true, false, false);
                case "rundesc" -> new Ties(true, false, true);
                case "fifo" -> new Ties(true, true, false);
                default ->
                        throw ScenarioException.unknown(
                                "tie rule",
                                name,
                                List.of("asc", "desc", "runasc", "rundesc", "fifo"));
            };
        }
    }

    SimsoJobs(List<Job> jobs, Ties ties, boolean leastLaxity, boolean aborts) {
        this.jobs = List.copyOf(jobs);
        this.ties = ties;
        this.leastLaxity = leastLaxity;
        this.aborts = aborts;
        ranNs = new long[jobs.size()];
        endNs = new long[jobs.size()];
        aborted = new boolean[jobs.size()];
        open = new int[1 + jobs.stream().mapToInt(Job::stream).max().orElse(0)];
        stoppedNs = new long[jobs.size()];
        Arrays.fill(endNs, -1);
        Arrays.fill(stoppedNs, -1);
    }

    @Override
    public void init(SchedContext context) {
        this.context = context;
        running = new int[context.cpuCount()];
        Arrays.fill(running, Tasks.NO_TASK);
        sinceNs = new long[context.cpuCount()];
    }

    @Override
    public void enqueue(int task, int flags, long nowNs) {
        ready.add(task);
        decide(nowNs);
        armNext(nowNs);
    }

    @Override
    public void dequeue(int task, int flags, long nowNs) {
        ready.remove((Integer) task);
        end(task, nowNs);
    }

    private void end(int task, long nowNs) {
        endNs[task] = nowNs;
        open[jobs.get(task).stream]++;
        decide(nowNs);
    }

    @Override
    public int pickNext(int cpu, long nowNs) {
        int best = Tasks.NO_TASK;
        for (int task : ready) {
            boolean may = canRun(task) && context().tasks().allowedOn(task, cpu);
            if (may && (best == Tasks.NO_TASK || precedes(task, best, nowNs))) {
                best = task;
            }
        }
        return best;
    }

    @Override
    public void running(int task, int cpu, long nowNs) {
        ready.remove((Integer) task);
        running[cpu] = task;
        sinceNs[cpu] = nowNs;
    }

    @Override
    public void stopping(int task, int cpu, long ran, boolean runnable, long nowNs) {
        ranNs[task] += ran;
        running[cpu] = Tasks.NO_TASK;
        stoppedNs[task] = nowNs;
        if (runnable) {
            ready.add(task);
        }
    }

    // ---------------------------------------------------------------- decisions

    @Override
    public void timer(long nowNs) {
        if (aborts) {
            for (int task = 0; task < endNs.length; task++) {
                abortIfLate(task, nowNs);
            }
        }
        decide(nowNs);
        armNext(nowNs);
    }

    private void abortIfLate(int task, long nowNs) {
        Job job = jobs.get(task);
        boolean late = job.deadlineNs <= nowNs && endNs[task] < 0 && !aborted[task];
        if (late && doneNs(task, nowNs) < job.costNs) {
            aborted[task] = true;
            end(task, nowNs);
        }
    }

    private void armNext(long nowNs) {
        if (leastLaxity) {
            context().arm((nowNs / MS + 1) * MS);
        } else if (aborts) {
            long next = Long.MAX_VALUE;
            for (Job job : jobs) {
                next = job.deadlineNs > nowNs ? Math.min(next, job.deadlineNs) : next;
            }
            if (next != Long.MAX_VALUE) {
                context().arm(next);
            }
        }
    }

    /// Asks each CPU to think again whose job is not among the best, or that has none.
    private void decide(long nowNs) {
        for (int cpu = 0; cpu < running.length; cpu++) {
            int current = running[cpu];
            if (current != Tasks.NO_TASK && !canRun(current)
                    || betterReady(current, cpu, nowNs) >= 1 + betterRunning(current, nowNs)) {
                context().kick(cpu);
            }
        }
    }

    /// How many jobs that wait for this CPU go before the one that it runs.
    private int betterReady(int current, int cpu, long nowNs) {
        int count = 0;
        for (int task : ready) {
            boolean may = canRun(task) && context().tasks().allowedOn(task, cpu);
            if (may && (current == Tasks.NO_TASK || precedes(task, current, nowNs))) {
                count++;
            }
        }
        return count;
    }

    /// How many CPUs that run something worse, or nothing, would give way before this one.
    private int betterRunning(int current, long nowNs) {
        int count = 0;
        for (int other : running) {
            if (current != Tasks.NO_TASK
                    && other != current
                    && context().cpuCount() > 1
                    && isGlobal(current)
                    && (other == Tasks.NO_TASK || precedes(current, other, nowNs))) {
                count++;
            }
        }
        return count;
    }

    private boolean isGlobal(int task) {
        return context().tasks().allowedOn(task, 0) && context().tasks().allowedOn(task, 1);
    }

    private boolean canRun(int task) {
        return !aborted[task] && open[jobs.get(task).stream] == jobs.get(task).k;
    }

    private boolean precedes(int task, int other, long nowNs) {
        long key = key(task, nowNs);
        long otherKey = key(other, nowNs);
        if (key != otherKey) {
            return key < otherKey;
        }
        if (ties.runningFirst && holdsCpu(task, nowNs) != holdsCpu(other, nowNs)) {
            return holdsCpu(task, nowNs);
        }
        Job a = jobs.get(task);
        Job b = jobs.get(other);
        if (ties.byRelease && a.releaseNs != b.releaseNs) {
            return a.releaseNs < b.releaseNs;
        }
        return a.id != b.id && a.id < b.id != ties.descending;
    }

    /// Whether it runs, or was stopped at this very instant for the decision.
    private boolean holdsCpu(int task, long nowNs) {
        return stoppedNs[task] == nowNs || Arrays.stream(running).anyMatch(r -> r == task);
    }

    private long key(int task, long nowNs) {
        Job job = jobs.get(task);
        return leastLaxity ? job.deadlineNs - nowNs - (job.costNs - doneNs(task, nowNs)) : job.key;
    }

    private long doneNs(int task, long nowNs) {
        for (int cpu = 0; cpu < running.length; cpu++) {
            if (running[cpu] == task) {
                return ranNs[task] + nowNs - sinceNs[cpu];
            }
        }
        return ranNs[task];
    }

    // ---------------------------------------------------------------- what happened

    @Override
    public long endNs(int task) {
        return endNs[task];
    }

    @Override
    public boolean isAborted(int task) {
        return aborted[task];
    }

    @Override
    public String traits() {
        return "non-conserving"; // a job waits for the earlier ones of its task
    }

    @Override
    public String name() {
        return "jobs";
    }

    private SchedContext context() {
        return Objects.requireNonNull(context);
    }
}
