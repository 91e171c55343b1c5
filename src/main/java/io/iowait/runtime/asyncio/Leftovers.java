package io.iowait.runtime.asyncio;

import io.iowait.runtime.EventLoop;
import java.util.ArrayList;
import java.util.List;

/// What asyncio warns about at the end: coroutines that were never awaited, tasks that were
/// destroyed pending, exceptions of tasks that nobody asked for.
///
/// Source: CPython 3.13 `coroutine … was never awaited`, `Task was destroyed but it is pending!`,
/// `Task exception was never retrieved`.
final class Leftovers {
    private static final int NEVER_AWAITED = 1;
    private static final int NEVER_ENDED = 2;
    private static final int NEVER_RETRIEVED = 3;

    /// Failed tasks are looked through again each time that so many more have failed.
    private static final int SWEEP = 64;

    private final int[] waiting; // by function: coroutines that have not begun
    private final List<LoopTask> failed = new ArrayList<>();
    private boolean told;

    Leftovers(int functions) {
        waiting = new int[functions];
    }

    void made(int function) {
        waiting[function]++;
    }

    void begun(int function) {
        waiting[function]--;
    }

    /// A task ended by an exception.
    void failed(LoopTask task) {
        failed.add(task);
        if (failed.size() % SWEEP == 0) {
            failed.removeIf(LoopFuture::isRetrieved);
        }
    }

    void tell(EventLoop loop, List<LoopTask> pending) {
        if (told) {
            return;
        }
        told = true;
        tell(loop, NEVER_AWAITED, waiting);
        tell(loop, NEVER_ENDED, count(pending));
        failed.removeIf(LoopFuture::isRetrieved);
        tell(loop, NEVER_RETRIEVED, count(failed));
    }

    private int[] count(List<LoopTask> tasks) {
        int[] counts = new int[waiting.length];
        tasks.forEach(task -> counts[task.strand.first()]++);
        return counts;
    }

    private static void tell(EventLoop loop, int what, int[] counts) {
        for (int function = 0; function < counts.length; function++) {
            if (counts[function] > 0) {
                loop.tellLeft(function, what, counts[function]);
            }
        }
    }
}
