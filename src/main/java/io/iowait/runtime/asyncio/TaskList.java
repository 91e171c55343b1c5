package io.iowait.runtime.asyncio;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// The tasks that have not ended, in order of creation.
final class TaskList {
    private final Set<LoopTask> live = new LinkedHashSet<>();

    void add(LoopTask task) {
        live.add(task);
    }

    void remove(LoopTask task) {
        live.remove(task);
    }

    List<LoopTask> toList() {
        return new ArrayList<>(live);
    }
}
