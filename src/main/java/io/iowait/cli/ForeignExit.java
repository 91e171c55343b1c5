package io.iowait.cli;

import java.io.PrintWriter;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Stands at the door of the process: code that is not ours, a policy of the class path, must not
/// end it with a status of its own and without a word.
///
/// A signal ends the process without `System.exit` on any stack; so does nothing else but the end
/// of [Main] and such code.
final class ForeignExit {
    private static volatile boolean isOver;

    private ForeignExit() {}

    static void watch(PrintWriter err) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> look(err), "iowait-exit"));
    }

    /// From now on the process may end.
    static void over() {
        isOver = true;
    }

    private static void look(PrintWriter err) {
        if (!isOver) {
            caller(Thread.getAllStackTraces())
                    .ifPresent(where -> {
                        Failures.line(
                                err,
                                "policy: found a call of System.exit at %s, expected none: it would end the run without a word"
                                        .formatted(where));
                        Runtime.getRuntime().halt(Exit.FAILED);
                    });
        }
    }

    /// Who called `System.exit`.
    private static Optional<String> caller(Map<Thread, StackTraceElement[]> stacks) {
        return stacks.values().stream()
                .filter(ForeignExit::isExit)
                .flatMap(stack ->
                        Stream.of(stack)
                                .filter(frame -> !isOfJava(frame.getClassName()))
                                .findFirst()
                                .stream())
                .map(frame -> frame.getFileName() + ":" + frame.getLineNumber())
                .findFirst();
    }

    private static boolean isExit(StackTraceElement[] stack) {
        return Stream.of(stack)
                .anyMatch(frame ->
                        frame.getClassName().equals("java.lang.Runtime")
                                && frame.getMethodName().equals("exit"));
    }

    private static boolean isOfJava(String type) {
        return type.startsWith("java.") || type.startsWith("jdk.");
    }
}
