package io.iowait.runtime.asyncio;

import io.iowait.program.Raised;
import io.iowait.program.Values;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The course of a run: main, then perhaps the cancellation of what is left.
///
///     MAIN ─stopped─► CLEANUP ─all ended─► OVER        MAIN ─stopped, nothing to clean up─► OVER
///
/// Source: CPython 3.13 `asyncio/runners.py`, `run_until_complete`.
final class Run {
    private enum Phase {
        MAIN,
        CLEANUP,
        OVER
    }

    private static final int NO_FUNCTION = -1;
    private static final long NEVER = -1;

    private final AsyncioRuntime runtime;
    private final RunPlan plan;
    private Phase phase = Phase.MAIN;
    private @Nullable LoopTask main;
    private long mainDoneNs = NEVER;
    private long endNs = NEVER;

    Run(AsyncioRuntime runtime, RunPlan plan) {
        this.runtime = runtime;
        this.plan = plan;
    }

    /// Makes the first task; gives the callback to run instead, or -1.
    int begin() {
        int function = runtime.function(plan.main());
        if (plan.forever()) {
            return function;
        }
        main = runtime.newTask(new Coroutine(function, new Object[0]));
        main.addDoneCallback(_ -> runtime.loop().stop());
        return NO_FUNCTION;
    }

    /// The loop has stopped: whether it runs again.
    boolean goesOn(long nowNs) {
        if (phase == Phase.MAIN) {
            mainDoneNs = nowNs;
            if (plan.cancelsAll() && cancelAll()) {
                phase = Phase.CLEANUP;
                return true;
            }
        }
        phase = Phase.OVER;
        endNs = nowNs;
        failure().ifPresent(raised -> runtime.tellUncaught(nowNs, raised));
        return false;
    }

    /// What has left main.
    private Optional<Raised> failure() {
        return main == null || !main.isDone()
                ? Optional.empty()
                : Optional.ofNullable(main.failure());
    }

    private boolean cancelAll() {
        List<LoopTask> left = runtime.liveTasks();
        if (left.isEmpty()) {
            return false;
        }
        left.forEach(LoopTask::cancel);
        Gathering.of(runtime.loop(), List.copyOf(left), true)
                .addDoneCallback(_ -> runtime.loop().stop());
        return true;
    }

    RunOutcome outcome(long nowNs) {
        boolean over = phase == Phase.OVER;
        if (phase == Phase.MAIN) {
            return new RunOutcome(Optional.empty(), Optional.of("deadlock"), NEVER, nowNs, true);
        }
        Optional<String> error = failure().map(Raised::format);
        Optional<String> result = error.isPresent() ? Optional.empty() : Optional.of(resultText());
        return new RunOutcome(result, error, mainDoneNs, over ? endNs : nowNs, over);
    }

    private String resultText() {
        return main == null || !main.isDone() ? "stopped" : Values.format(main.result());
    }
}
