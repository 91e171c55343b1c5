package io.iowait.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.IntFunction;

/// Independent runs side by side on plain threads of the host.
///
/// Results come in the order of the runs, whatever the number of threads: each run is a world of
/// its own and knows nothing of the others.
public final class Parallel {
    private Parallel() {}

    /// As many threads as the host has CPUs.
    public static int threads() {
        return Runtime.getRuntime().availableProcessors();
    }

    /// Calls `run` with 0 .. count-1, on up to so many threads, and returns what it returned.
    ///
    /// If runs fail, all that had begun end first; then the failure of the lowest number is thrown.
    ///
    /// @param done called after each run, by one thread at a time, with how many are done
    public static <T> List<T> run(int count, int threads, IntFunction<T> run, Done done) {
        AtomicReferenceArray<T> results = new AtomicReferenceArray<>(count);
        AtomicReferenceArray<Throwable> failures = new AtomicReferenceArray<>(count);
        AtomicInteger next = new AtomicInteger();
        AtomicInteger finished = new AtomicInteger();
        Runnable worker =
                () -> {
                    for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
                        try {
                            results.set(i, run.apply(i));
                        } catch (RuntimeException | Error e) {
                            failures.set(i, e);
                            next.set(count);
                        }
                        synchronized (results) {
                            done.done(finished.incrementAndGet());
                        }
                    }
                };
        await(Math.min(threads, count), worker);
        List<T> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            rethrow(failures.get(i));
            all.add(results.get(i));
        }
        return all;
    }

    /// Told after each run.
    @FunctionalInterface
    public interface Done {
        void done(int count);
    }

    private static void await(int threads, Runnable worker) {
        List<Thread> others = new ArrayList<>();
        for (int i = 1; i < threads; i++) {
            others.add(Thread.ofPlatform().daemon().name("iowait-run-" + i).start(worker));
        }
        worker.run();
        for (Thread other : others) {
            boolean ended = false;
            while (!ended) {
                try {
                    other.join();
                    ended = true;
                } catch (InterruptedException e) {
                    throw new IllegalStateException("interrupted while runs were going on", e);
                }
            }
        }
    }

    private static void rethrow(Throwable failure) {
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        if (failure instanceof Error e) {
            throw e;
        }
    }
}
