package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.CpuTime;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TaskTime;
import java.util.Arrays;
import java.util.Optional;

/// G10: no nanosecond is lost or counted twice.
///
/// - The buckets of a CPU add up to the time of the run exactly, in every account that is told.
/// - Idle, iowait and user are not more than the records allow ([CpuHours]), its bucket of
///   interrupts is not less than the time that the records show in them.
/// - Each bucket of a task equals the time that the records show in those states, hence the buckets
///   add up to its life.
///
/// Judged on traces that carry accounts; a CPU that starts another account closes its last one.
///
/// Source: accounting identity (Linux `kernel/sched/cputime.c` only approximates it).
final class TimeConservation extends Law {
    private long[] cpuSumNs = new long[0];
    private long[] cpuBucketNs = new long[0]; // CpuTime.COUNT a CPU
    private final CpuHours hours = new CpuHours();
    private int[] cpuAccounts = new int[0]; // a bit a bucket of the present account
    private long[] cpuAccountNs = new long[0];
    private long[] taskBucketNs = new long[0]; // TaskTime.COUNT a task
    private int[] taskAccounts = new int[0];
    private boolean anyCpu;

    TimeConservation() {
        super("G10", "time is conserved", Scope.KERNEL);
    }

    @Override
    public long kindsBefore() {
        return CpuHours.KINDS | Kind.mask(Kind.CPU_ACCOUNT, Kind.TASK_ACCOUNT);
    }

    @Override
    public long kindsNeeded() {
        return Kind.mask(Kind.CPU_ACCOUNT, Kind.TASK_ACCOUNT);
    }

    @Override
    public Optional<String> skip(Setting setting) {
        return setting.emulated()
                ? Optional.empty()
                : Optional.of("accounts of a real kernel are sampled");
    }

    @Override
    public void before(World world, Block block, int i) {
        if ((CpuHours.KINDS >>> block.kind(i) & 1) != 0) {
            hours.take(world, block, i);
            return;
        }
        int bucket = (int) block.a(i);
        long ns = block.b(i);
        if (ns < 0) {
            violated(block, i, () -> "negative time in an account: " + ns);
        }
        if (block.kind(i) == Kind.CPU_ACCOUNT) {
            if (startsAnother(block.cpu(i), bucket, block.t(i))) {
                judgeSnapshot(block, i);
            }
            accountOfCpu(block.cpu(i), block.t(i), bucket, ns);
        } else {
            accountOfTask(block.task(i), bucket, ns);
        }
    }

    @Override
    public void end(World world, long endNs) {
        for (int cpu = 0; anyCpu && cpu < world.cpus(); cpu++) {
            judgeCpu(world, cpu, endNs);
        }
        for (int task = 0; task < Math.min(taskAccounts.length, world.tasks()); task++) {
            if (taskAccounts[task] > 0 && world.fromStart()) {
                judgeTask(world, task, endNs);
            }
        }
    }

    private boolean startsAnother(int cpu, int bucket, long t) {
        return cpu < cpuAccounts.length
                && cpuAccounts[cpu] != 0
                && (t != cpuAccountNs[cpu] || (cpuAccounts[cpu] >>> bucket & 1) != 0);
    }

    /// The account that the CPU told before this one, in mid-run.
    private void judgeSnapshot(Block block, int i) {
        int cpu = block.cpu(i);
        evaluated();
        long sum = cpuSumNs[cpu];
        long t = cpuAccountNs[cpu];
        if (sum != t) {
            violated(block, i, () -> "accounts of %d add up to %d".formatted(t, sum));
        }
        cpuAccounts[cpu] = 0;
        cpuSumNs[cpu] = 0;
        Arrays.fill(cpuBucketNs, cpu * CpuTime.COUNT, (cpu + 1) * CpuTime.COUNT, 0);
    }

    private void accountOfCpu(int cpu, long t, int bucket, long ns) {
        anyCpu = true;
        cpuSumNs = Rows.holding(cpuSumNs, cpu, 0);
        cpuBucketNs = Rows.holding(cpuBucketNs, (cpu + 1) * CpuTime.COUNT - 1, 0);
        cpuAccounts = Rows.holding(cpuAccounts, cpu, 0);
        cpuAccountNs = Rows.holding(cpuAccountNs, cpu, 0);
        cpuAccounts[cpu] |= 1 << bucket;
        cpuAccountNs[cpu] = t;
        cpuSumNs[cpu] += ns;
        cpuBucketNs[cpu * CpuTime.COUNT + bucket] += ns;
    }

    private void accountOfTask(int task, int bucket, long ns) {
        taskAccounts = Rows.holding(taskAccounts, task, 0);
        taskBucketNs = Rows.holding(taskBucketNs, (task + 1) * TaskTime.COUNT - 1, 0);
        taskAccounts[task]++;
        taskBucketNs[task * TaskTime.COUNT + bucket] += ns;
    }

    private void judgeCpu(World world, int cpu, long endNs) {
        evaluated();
        if (cpu >= cpuAccounts.length || cpuAccounts[cpu] == 0) {
            violatedAtEnd(endNs, cpu, -1, () -> "the CPU has no account, others have");
            return;
        }
        if (cpuAccountNs[cpu] < endNs) {
            return; // told in mid-run, and the trace is cut off before the last account
        }
        long sum = cpuSumNs[cpu];
        if (sum != endNs) {
            violatedAtEnd(
                    endNs,
                    cpu,
                    -1,
                    () -> "accounts add up to %d, the run took %d".formatted(sum, endNs));
        }
        if (world.fromStart()) {
            judgeBuckets(world, cpu, endNs);
        }
    }

    private void judgeBuckets(World world, int cpu, long endNs) {
        for (int bucket = 0; bucket < CpuTime.COUNT; bucket++) {
            long ns = cpuBucketNs[cpu * CpuTime.COUNT + bucket];
            long most = hours.mostNs(cpu, bucket, endNs);
            String name = CpuTime.name(bucket);
            if (ns > most) {
                violatedAtEnd(
                        endNs,
                        cpu,
                        -1,
                        () ->
                                "%s %d in the account, at most %d by its records"
                                        .formatted(name, ns, most));
            }
        }
        long irq = cpuBucketNs[cpu * CpuTime.COUNT + CpuTime.IRQ];
        long inIrqs = world.irqNs(cpu, endNs);
        if (irq < inIrqs) {
            violatedAtEnd(
                    endNs,
                    cpu,
                    -1,
                    () -> "interrupts %d in the account, %d by its records".formatted(irq, inIrqs));
        }
    }

    private void judgeTask(World world, int task, long endNs) {
        for (int bucket = 0; bucket < TaskTime.COUNT; bucket++) {
            evaluated();
            long accounted = taskBucketNs[task * TaskTime.COUNT + bucket];
            long shown = world.spentNs(task, bucket, endNs);
            if (accounted != shown) {
                String name = TaskTime.name(bucket);
                violatedAtEnd(
                        endNs,
                        -1,
                        task,
                        () ->
                                "%s: %s %d in the account, %d by its records"
                                        .formatted(
                                                world.setting().name(task),
                                                name,
                                                accounted,
                                                shown));
            }
        }
    }
}
