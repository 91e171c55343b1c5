package io.iowait.scenario;

import io.iowait.kernel.Kernel;
import io.iowait.runtime.ThreadRuntime;
import java.util.List;
import java.util.Locale;

/// Writes what programs log as lines `1.500000ms name: text`.
final class Log {
    private static final double NS_PER_MS = 1e6;

    private Log() {}

    static ThreadRuntime.LogSink into(List<String> lines, Kernel kernel) {
        return (task, nowNs, text) -> lines.add(line(kernel.tasks().name(task), nowNs, text));
    }

    private static String line(String task, long nowNs, String text) {
        return String.format(Locale.ROOT, "%.6fms %s: %s", nowNs / NS_PER_MS, task, text);
    }
}
