package io.iowait.machine;

import io.iowait.kernel.Kernel;
import io.iowait.kernel.Locks;
import io.iowait.kernel.Sys;
import io.iowait.sched.Tasks;
import io.iowait.tracepoint.TaskState;
import java.util.ArrayList;
import java.util.List;

/// Says for what sleeping tasks wait, and finds the cycle among those that wait for each other.
///
/// An edge leads from a task that waits for a mutex to its holder, and from one that waits for a
/// child to the child. Cold: asked once, after a run has come to rest.
public final class WaitsFor {
    private final Kernel kernel;
    private final Machine machine;
    private final Locks locks;

    public WaitsFor(Machine machine) {
        this.kernel = machine.kernel();
        this.machine = machine;
        this.locks = machine.locks();
    }

    /// The cycle, a line a task (`t1 waits for mutex B, held by t2`); empty when there is none.
    public List<String> cycle() {
        int count = kernel.tasks().count();
        int[] visitedBy = new int[count];
        for (int start = 0; start < count; start++) {
            int task = start;
            while (task != Tasks.NO_TASK && visitedBy[task] == 0) {
                visitedBy[task] = start + 1;
                task = waitedFor(task);
            }
            if (task != Tasks.NO_TASK && visitedBy[task] == start + 1) {
                return linesFrom(task);
            }
        }
        return List.of();
    }

    private List<String> linesFrom(int first) {
        List<String> lines = new ArrayList<>();
        int task = first;
        do {
            lines.add(describe(task));
            task = waitedFor(task);
        } while (task != first);
        return lines;
    }

    /// What sleeping tasks wait for, a line a task, at most so many.
    public List<String> sleepers(int linesMax) {
        List<String> lines = new ArrayList<>();
        for (int task = 0; task < kernel.tasks().count() && lines.size() < linesMax; task++) {
            if (isAsleep(task)) {
                lines.add(describe(task));
            }
        }
        return lines;
    }

    private String describe(int task) {
        if (kernel.tasks().state(task) == TaskState.STOPPED) {
            return name(task) + " is stopped and waits for SIGCONT";
        }
        long arg = kernel.arg0(task);
        String what =
                switch (kernel.callOf(task)) {
                    case Sys.FUTEX_LOCK -> mutex((int) arg);
                    case Sys.COND_WAIT -> condition(task);
                    case Sys.BARRIER ->
                            "the others at barrier " + machine.barriers().name((int) arg);
                    case Sys.WRITE -> "descriptor " + arg + " to become writable";
                    case Sys.FUTEX_WAIT -> "semaphore " + locks.name((int) arg);
                    case Sys.WAIT -> arg < 0 ? "its children" : "the end of " + name((int) arg);
                    case Sys.READ -> "descriptor " + arg + " to become readable";
                    case Sys.PAUSE -> "a signal";
                    default -> Sys.name(kernel.callOf(task)) + " to return";
                };
        return name(task) + " waits for " + what;
    }

    private String condition(int task) {
        int lock = (int) kernel.arg1(task);
        return locks.isWaitingFor(lock, task)
                ? mutex(lock)
                : "condition " + machine.conditions().name((int) kernel.arg0(task));
    }

    private String mutex(int lock) {
        int holder = locks.owner(lock);
        String held = holder == Tasks.NO_TASK ? ", which is free" : ", held by " + name(holder);
        return "mutex " + locks.name(lock) + held;
    }

    private int waitedFor(int task) {
        if (!isAsleep(task)) {
            return Tasks.NO_TASK;
        }
        return switch (kernel.callOf(task)) {
            case Sys.FUTEX_LOCK -> locks.owner((int) kernel.arg0(task));
            case Sys.COND_WAIT -> {
                int lock = (int) kernel.arg1(task);
                yield locks.isWaitingFor(lock, task) ? locks.owner(lock) : Tasks.NO_TASK;
            }
            case Sys.WAIT -> (int) Math.max(Tasks.NO_TASK, kernel.arg0(task));
            default -> Tasks.NO_TASK;
        };
    }

    private boolean isAsleep(int task) {
        return TaskState.isBlocked(kernel.tasks().state(task));
    }

    private String name(int task) {
        return kernel.tasks().name(task);
    }
}
