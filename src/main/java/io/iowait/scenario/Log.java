package io.iowait.scenario;

import io.iowait.kernel.Kernel;
import io.iowait.program.Raised;
import io.iowait.runtime.ThreadRuntime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What a program logs, as lines `1.500000ms name: text`, and the first exception that it lets
/// through.
public final class Log implements ThreadRuntime.LogSink {
    private static final double NS_PER_MS = 1e6;

    private final Kernel kernel;
    private final List<String> lines = new ArrayList<>();
    private Optional<String> failure = Optional.empty();

    Log(Kernel kernel) {
        this.kernel = kernel;
    }

    /// As they come.
    public List<String> lines() {
        return Collections.unmodifiableList(lines);
    }

    /// Who was ended by an exception that nobody caught, when, and by which.
    public Optional<String> failure() {
        return failure;
    }

    @Override
    public void line(int task, long nowNs, String text) {
        String name = kernel.tasks().name(task);
        lines.add(String.format(Locale.ROOT, "%.6fms %s: %s", nowNs / NS_PER_MS, name, text));
    }

    @Override
    public void uncaught(int task, long nowNs, Raised raised) {
        ThreadRuntime.LogSink.super.uncaught(task, nowNs, raised);
        if (failure.isEmpty()) {
            String name = kernel.tasks().name(task);
            failure =
                    Optional.of("%s at %s: uncaught %s".formatted(name, Units.time(nowNs), raised));
        }
    }
}
