package io.iowait.measure;

import java.util.Arrays;

/// How long who answers a request was on a CPU for it: since the request was due and since its last
/// answer, without interrupts.
///
/// What a task does before its next request is due is nobody's: that is what it did until it slept,
/// or, if the request is due before it sleeps, until then.
final class OwnCpuMeter {
    private static final long OFF = -1;

    /// As if it had slept until then: a task that has answered nothing yet.
    private static final long UNSEEN = 0;

    /// By task: since when on a CPU, or [#OFF]; what it had before, without interrupts.
    private long[] onSinceNs = new long[0];

    private long[] hadNs = new long[0];

    /// By task: its last answer, and what it had had then; its first sleep since, and what it had
    /// had then.
    private long[] answerNs = new long[0];

    private long[] hadAtAnswerNs = new long[0];
    private long[] sleptNs = new long[0];
    private long[] hadAtSleepNs = new long[0];

    /// By CPU: who runs, and since when it is interrupted.
    private int[] running = new int[0];

    private long[] irqSinceNs = new long[0];

    void switched(int cpu, int previous, boolean sleeps, int next, long t) {
        ensureCpu(cpu);
        if (previous >= 0) {
            ensure(previous);
            leave(previous, sleeps, t);
        }
        if (next >= 0) {
            ensure(next);
            onSinceNs[next] = t;
        }
        running[cpu] = next;
    }

    private void leave(int task, boolean sleeps, long t) {
        if (onSinceNs[task] != OFF) {
            hadNs[task] += t - onSinceNs[task];
            onSinceNs[task] = OFF;
        }
        if (sleeps && sleptNs[task] <= UNSEEN) {
            sleptNs[task] = t;
            hadAtSleepNs[task] = hadNs[task];
        }
    }

    void interrupted(int cpu, long t) {
        ensureCpu(cpu);
        irqSinceNs[cpu] = t;
    }

    void resumed(int cpu, long t) {
        ensureCpu(cpu);
        if (irqSinceNs[cpu] != OFF && running[cpu] >= 0) {
            hadNs[running[cpu]] -= t - irqSinceNs[cpu];
        }
        irqSinceNs[cpu] = OFF;
    }

    /// The task answers a request: its CPU time for it.
    long answered(int task, long dueNs, long t) {
        if (task < 0) {
            return 0;
        }
        ensure(task);
        long had = hadNs[task] + (onSinceNs[task] == OFF ? 0 : t - onSinceNs[task]);
        boolean slept = sleptNs[task] != OFF && sleptNs[task] <= dueNs;
        long own =
                slept
                        ? had - hadAtSleepNs[task]
                        : had - hadAtAnswerNs[task] - Math.max(0, dueNs - answerNs[task]);
        hadAtAnswerNs[task] = had;
        answerNs[task] = t;
        sleptNs[task] = OFF;
        return Math.clamp(own, 0, Math.max(0, t - dueNs));
    }

    private void ensureCpu(int cpu) {
        int length = running.length;
        if (cpu >= length) {
            running = Arrays.copyOf(running, Math.max(cpu + 1, 2 * length));
            Arrays.fill(running, length, running.length, -1);
            irqSinceNs = Arrays.copyOf(irqSinceNs, running.length);
            Arrays.fill(irqSinceNs, length, irqSinceNs.length, OFF);
        }
    }

    private void ensure(int task) {
        int length = onSinceNs.length;
        if (task >= length) {
            onSinceNs = Arrays.copyOf(onSinceNs, Math.max(task + 1, 2 * length + 16));
            Arrays.fill(onSinceNs, length, onSinceNs.length, OFF);
            hadNs = Arrays.copyOf(hadNs, onSinceNs.length);
            hadAtAnswerNs = Arrays.copyOf(hadAtAnswerNs, onSinceNs.length);
            answerNs = Arrays.copyOf(answerNs, onSinceNs.length);
            sleptNs = Arrays.copyOf(sleptNs, onSinceNs.length);
            hadAtSleepNs = Arrays.copyOf(hadAtSleepNs, onSinceNs.length);
        }
    }
}
