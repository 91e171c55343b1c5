package io.iowait.kernel;

import io.iowait.engine.Time;
import io.iowait.tracepoint.TaskState;

/// System calls about time and tasks: sleep, yield, clone, signals.
final class TaskCalls {
    private TaskCalls() {}

    static void register(Kernel kernel) {
        kernel.register(Sys.NANOSLEEP, new Sleep(kernel, false));
        kernel.register(Sys.CLOCK_NANOSLEEP, new Sleep(kernel, true));
        kernel.register(Sys.SCHED_YIELD, (task, cpu, nowNs) -> kernel.yieldNow(task));
        kernel.register(Sys.CLONE, new Clone(kernel));
        kernel.register(Sys.START, new Start(kernel));
        kernel.register(Sys.KILL, (task, cpu, nowNs) -> kill(kernel, task));
        kernel.register(Sys.PAUSE, new Pause(kernel));
        kernel.register(Sys.GETPPID, (task, cpu, nowNs) -> getppid(kernel, task));
    }

    private static int kill(Kernel kernel, int task) {
        long target = kernel.arg0(task);
        long signal = kernel.arg1(task);
        if (signal < 1 || signal >= Long.SIZE) {
            kernel.result(task, Errno.EINVAL);
        } else if (target < 0 || target >= kernel.tasks().count()) {
            kernel.result(task, Errno.ESRCH);
        } else {
            kernel.signal((int) target, (int) signal, task);
            kernel.result(task, 0);
        }
        return SyscallHandler.DONE;
    }

    private static int getppid(Kernel kernel, int task) {
        kernel.result(task, kernel.parentOf(task));
        return SyscallHandler.DONE;
    }

    /// A sleep ends by its timer (result 0) or by a signal (EINTR); it always blocks, an absolute
    /// one that is overdue until the interrupt that follows at once.
    private record Sleep(Kernel kernel, boolean absolute) implements SyscallHandler {
        @Override
        public int enter(int task, int cpu, long nowNs) {
            long arg = kernel.arg0(task);
            long until =
                    absolute ? arg : nowNs + Math.max(0, Math.min(arg, Time.NEVER - 1 - nowNs));
            kernel.result(task, until);
            kernel.blockBare(task, TaskState.SLEEPING);
            kernel.timeout(task, until);
            return BLOCKED;
        }

        /// Until then, however long it was stopped.
        @Override
        public int restartsAs(int call) {
            return Sys.CLOCK_NANOSLEEP;
        }

        @Override
        public int resume(int task, int cpu, long nowNs, int why) {
            kernel.result(task, why == Kernel.INTERRUPTED ? Errno.EINTR : 0);
            return DONE;
        }
    }

    private record Clone(Kernel kernel) implements SyscallHandler {
        @Override
        public int enter(int task, int cpu, long nowNs) {
            int child = (int) kernel.arg0(task);
            kernel.startChild(child, task);
            kernel.result(task, child);
            return DONE;
        }

        @Override
        public int entryCost(long child) {
            return kernel.isProcessOf((int) child, kernel.current(kernel.activeCpu()))
                    ? Cost.FORK
                    : Cost.CLONE;
        }
    }

    private record Start(Kernel kernel) implements SyscallHandler {
        @Override
        public int enter(int task, int cpu, long nowNs) {
            kernel.start((int) kernel.arg0(task), kernel.arg1(task) != 0);
            kernel.result(task, 0);
            return DONE;
        }

        @Override
        public int entryCost() {
            return Cost.GATE;
        }
    }

    private record Pause(Kernel kernel) implements SyscallHandler {
        @Override
        public int enter(int task, int cpu, long nowNs) {
            return kernel.blockBare(task, TaskState.SLEEPING);
        }

        @Override
        public int resume(int task, int cpu, long nowNs, int why) {
            kernel.result(task, Errno.EINTR);
            return DONE;
        }
    }
}
