package io.iowait.runtime.asyncio;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The tasks that have not ended, in order of creation: linked through the tasks themselves.
final class TaskList {
    private @Nullable LoopTask first;
    private @Nullable LoopTask last;

    void add(LoopTask task) {
        task.earlier = last;
        if (last == null) {
            first = task;
        } else {
            last.later = task;
        }
        last = task;
    }

    /// Takes a task out that is in it.
    void remove(LoopTask task) {
        LoopTask before = task.earlier;
        LoopTask after = task.later;
        if (before == null) {
            first = after;
        } else {
            before.later = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.earlier = before;
        }
        task.earlier = null;
        task.later = null;
    }

    List<LoopTask> toList() {
        List<LoopTask> all = new ArrayList<>();
        for (LoopTask task = first; task != null; task = task.later) {
            all.add(task);
        }
        return all;
    }
}
