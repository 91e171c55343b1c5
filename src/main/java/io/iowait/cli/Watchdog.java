package io.iowait.cli;

import io.iowait.kernel.Outcome;
import io.iowait.scenario.GuardedPolicy;
import io.iowait.scenario.Scenario;
import io.iowait.sched.Policy;
import io.iowait.sched.PolicyFault;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Watches users' policies from outside the emulated world: an operation that does not come back
/// within two seconds of the host's time ends the run, with its name.
///
/// The emulation goes on in a thread of its own that does not keep the process alive: a Java thread
/// that loops cannot be stopped from outside, only left behind.
final class Watchdog {
    private static final long LIMIT_MS = 2_000;
    private static final long LOOK_MS = 100;

    private final List<GuardedPolicy> policies;

    Watchdog(List<Policy> classes) {
        policies =
                classes.stream()
                        .filter(GuardedPolicy.class::isInstance)
                        .map(GuardedPolicy.class::cast)
                        .toList();
    }

    /// Brings a run to its end; under watch where there is somebody to watch.
    static Outcome toEnd(Scenario.Run run) {
        return new Watchdog(run.machine().classes()).run(run::toEnd);
    }

    /// Runs it; under watch where there is somebody to watch.
    <T> T run(Callable<T> emulation) {
        FutureTask<T> task = new FutureTask<>(emulation);
        if (policies.isEmpty()) {
            task.run();
        } else {
            Thread thread = new Thread(task, "emulation");
            thread.setDaemon(true);
            thread.start();
            watch(task, thread);
        }
        try {
            return task.get();
        } catch (ExecutionException e) {
            throw unwrapped(Objects.requireNonNull(e.getCause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CliException(Exit.INTERRUPTED, "interrupted", e);
        }
    }

    private void watch(FutureTask<?> task, Thread thread) {
        long seen = -1;
        long sinceNs = System.nanoTime();
        while (!isDone(task)) {
            long calls = policies.stream().mapToLong(GuardedPolicy::calls).sum();
            String operation = operation();
            if (calls != seen || operation.isEmpty()) {
                seen = calls;
                sinceNs = System.nanoTime();
            } else if (System.nanoTime() - sinceNs > TimeUnit.MILLISECONDS.toNanos(LIMIT_MS)) {
                String text = hung();
                thread.interrupt();
                throw new PolicyFault(text);
            }
        }
    }

    private static boolean isDone(FutureTask<?> task) {
        try {
            task.get(LOOK_MS, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private String operation() {
        return policies.stream()
                .map(GuardedPolicy::operation)
                .filter(what -> !what.isEmpty())
                .findFirst()
                .orElse("");
    }

    private String hung() {
        return policies.stream()
                .filter(policy -> !policy.operation().isEmpty())
                .map(policy -> policy.because("no answer for %d s".formatted(LIMIT_MS / 1000)))
                .findFirst()
                .orElse("a policy does not answer");
    }

    private static RuntimeException unwrapped(Throwable cause) {
        if (cause instanceof RuntimeException e) {
            return e;
        }
        if (cause instanceof Error e) {
            throw e;
        }
        return new IllegalStateException(cause);
    }
}
