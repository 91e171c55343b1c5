package io.iowait.scenario;

import io.iowait.kernel.Body;
import io.iowait.kernel.Kernel;
import io.iowait.kernel.Registers;
import io.iowait.kernel.Sys;
import io.iowait.scenario.SimsoJobs.Job;
import io.iowait.sched.Policy;
import io.iowait.sched.Tasks;
import io.iowait.tracepoint.TaskState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/*
 * SimSo's kernel is a thread above all jobs. Its life, from an event on:
 *
 *   SAVE      if a job was running, also if it has just ended
 *   TAKE      the first event: a release or an end passes its cost and appends a decision; a decision
 *             waits behind all others, then chooses, passes its cost, and takes effect
 *   LOAD      no event is left: if there is a job to run; if an event came meanwhile: SAVE again
 *   PAUSED    the chosen job runs, or nobody
 *
 * A release whose predecessor has not ended becomes an event right after the end. A job that goes on
 * after another one has run needs the penalty more; where in its run does not matter, so it comes last.
 */
/// The kernel of SimSo on one CPU, with what its activities cost, as a thread of the emulated
/// kernel.
///
/// Source: SimSo (M. Chéramy et al.), `simso.core.Processor`.
final class SimsoKernel implements Body {
    private static final int NOBODY = -1;
    private static final long FOREVER_NS = 1L << 60;

    private final List<Job> jobs;
    private final Costs costs;
    private final boolean runningFirst;
    private final Deque<Event> events = new ArrayDeque<>();
    private final List<Integer> ready = new ArrayList<>();
    private final Chosen chosen = new Chosen();
    private @Nullable Kernel kernel;
    private int thread = NOBODY;
    private int wakeEvent;

    private Phase phase = Phase.PAUSED;
    private int current = NOBODY;
    private int next = NOBODY;
    private int lastRan = NOBODY;

    private final long[] endNs;
    private final long[] owedNs;
    private final boolean[] started;
    private final boolean[] released;
    private final int[] open;

    /// What the kernel's activities cost, in ns.
    record Costs(long save, long load, long decide, long activate, long end, long penalty) {}

    private enum Kind {
        RELEASE,
        END,
        DECIDE
    }

    private enum Phase {
        PAUSED,
        TAKE,
        EFFECT,
        LOADED
    }

    private record Event(Kind kind, int job) {}

    /// @param runningFirst whether the running job goes first among equals (RM, FP), or whose
    ///   release was taken first (RM_mono, EDF_mono)
    SimsoKernel(List<Job> jobs, Costs costs, boolean runningFirst) {
        this.jobs = List.copyOf(jobs);
        this.costs = costs;
        this.runningFirst = runningFirst;
        endNs = new long[jobs.size()];
        Arrays.fill(endNs, -1);
        owedNs = new long[jobs.size()];
        started = new boolean[jobs.size()];
        released = new boolean[jobs.size()];
        open = new int[1 + jobs.stream().mapToInt(Job::stream).max().orElse(0)];
    }

    /// The policy that the jobs' threads are under.
    Policy chosen() {
        return chosen;
    }

    /// This kernel's thread on the emulated machine; its releases come from outside.
    void attach(Kernel machine, int task) {
        kernel = machine;
        thread = task;
        int wake = machine.register((arg, cpu, nowNs, cause) -> machine.wake(thread, 0, cause));
        int due = machine.register((arg, cpu, nowNs, cause) -> interrupt(machine, wake));
        wakeEvent = machine.allotEvent(due, 0);
    }

    private void interrupt(Kernel machine, int wake) {
        if (machine.tasks().state(thread) == TaskState.SLEEPING) {
            machine.raise(0, wake, 0);
        }
    }

    /// The job's time has come.
    void release(int job, long nowNs) {
        released[job] = true;
        if (open[jobs.get(job).stream()] == jobs.get(job).k()) {
            tell(new Event(Kind.RELEASE, job), nowNs);
        }
    }

    private void tell(Event event, long nowNs) {
        events.add(event);
        if (kernel != null) {
            kernel.armEvent(wakeEvent, nowNs);
        }
    }

    /// What the thread of a job executes.
    Body body(int job) {
        return (task, nowNs, registers) -> {
            if (!started[job]) {
                started[job] = true;
                return registers.compute(jobs.get(job).costNs());
            }
            long more = owedNs[job];
            owedNs[job] = 0;
            if (more == 0) {
                ended(job, nowNs);
            }
            return registers.compute(more == 0 ? FOREVER_NS : more);
        };
    }

    private void ended(int job, long nowNs) {
        endNs[job] = nowNs;
        ready.remove((Integer) job);
        tell(new Event(Kind.END, job), nowNs);
        int stream = jobs.get(job).stream();
        open[stream]++;
        int after = job + 1;
        boolean same = after < jobs.size() && jobs.get(after).stream() == stream;
        if (same && released[after]) {
            tell(new Event(Kind.RELEASE, after), nowNs);
        }
    }

    // ---------------------------------------------------------------- the kernel's thread

    @Override
    public int next(int task, long nowNs, Registers registers) {
        for (; ; ) {
            long ns =
                    switch (phase) {
                        case PAUSED -> begin();
                        case TAKE -> take();
                        case EFFECT -> effect();
                        case LOADED -> loaded();
                    };
            if (ns > 0) {
                return registers.compute(ns);
            }
            if (phase == Phase.PAUSED && events.isEmpty()) {
                return registers.syscall(Sys.PAUSE, 0, 0);
            }
        }
    }

    private long begin() {
        phase = events.isEmpty() ? Phase.PAUSED : Phase.TAKE;
        return events.isEmpty() || current == NOBODY ? 0 : costs.save;
    }

    private long take() {
        Event event = events.poll();
        if (event == null) {
            return load();
        }
        switch (event.kind) {
            case RELEASE -> {
                ready.add(event.job);
                events.add(new Event(Kind.DECIDE, NOBODY));
                return costs.activate;
            }
            case END -> {
                events.add(new Event(Kind.DECIDE, NOBODY));
                return costs.end;
            }
            default -> {
                if (events.stream().anyMatch(e -> e.kind != Kind.DECIDE)) {
                    events.add(event);
                    return 0;
                }
                next = choose();
                phase = Phase.EFFECT;
                return costs.decide;
            }
        }
    }

    /// The least key, among equals the first of the list of jobs that can run; with `runningFirst`
    /// the running job is not in the list and goes to its end when another takes its place.
    private int choose() {
        int best = NOBODY;
        for (int job : ready) {
            best = best == NOBODY || key(job) < key(best) ? job : best;
        }
        if (!runningFirst) {
            return best;
        }
        boolean runs = current != NOBODY && endNs[current] < 0;
        if (best == NOBODY || runs && key(best) >= key(current)) {
            return runs ? current : NOBODY;
        }
        ready.remove((Integer) best);
        if (runs) {
            ready.add(current);
        }
        return best;
    }

    private long key(int job) {
        return jobs.get(job).key();
    }

    private long effect() {
        current = next;
        phase = Phase.TAKE;
        return 0;
    }

    private long load() {
        phase = Phase.LOADED;
        return current == NOBODY ? 0 : costs.load;
    }

    private long loaded() {
        phase = Phase.PAUSED;
        if (events.isEmpty()) {
            if (current != NOBODY && started[current] && lastRan != current) {
                owedNs[current] += costs.penalty;
            }
            lastRan = current == NOBODY ? lastRan : current;
            chosen.job = current;
        }
        return 0;
    }

    /// Runs the job that the kernel's thread has chosen; a job's thread has its number.
    private final class Chosen implements Policy, JobEnds {
        private int job = NOBODY;

        @Override
        public void enqueue(int task, int flags, long nowNs) {}

        @Override
        public void dequeue(int task, int flags, long nowNs) {}

        @Override
        public int pickNext(int cpu, long nowNs) {
            return job == NOBODY ? Tasks.NO_TASK : job;
        }

        @Override
        public long endNs(int ended) {
            return endNs[ended];
        }

        @Override
        public boolean isAborted(int ended) {
            return false;
        }

        @Override
        public String traits() {
            return "non-conserving";
        }

        @Override
        public String name() {
            return "chosen";
        }
    }
}
