package io.iowait.calibrate;

import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.TraceConsumer;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A recording of a real kernel's scheduler: the CSV of the recorded workloads ([KernelCsv]) or the
/// text of ftrace ([FtraceText]), either of them perhaps compressed (`.gz`).
public final class KernelRecording {
    /// So many lines of a text are looked at to tell what it is.
    private static final int LINES = 40;

    private KernelRecording() {}

    /// Whether a file is one.
    public static boolean isOne(Path file) {
        String name = String.valueOf(file.getFileName());
        return Files.isRegularFile(file)
                && name.matches(".*\\.(csv|txt|ftrace|log)(\\.gz)?")
                && !formatOf(file).isEmpty();
    }

    /// Tells the whole file to the consumer, from its facts to its end; returns the facts.
    ///
    /// @throws IllegalArgumentException if it is none, or a line is not of the format
    public static Facts read(Path file, TraceConsumer consumer) throws IOException {
        return switch (formatOf(file)) {
            case "csv" -> KernelCsv.read(file, consumer);
            case "ftrace" -> FtraceText.read(file, consumer);
            default ->
                    throw new IllegalArgumentException(
                            "a recording is a CSV of scheduler events or an ftrace text: file="
                                    + file);
        };
    }

    private static String formatOf(Path file) {
        try (BufferedReader reader = KernelCsv.open(file)) {
            for (int i = 0; i < LINES; i++) {
                String line = reader.readLine();
                if (line == null) {
                    return "";
                } else if (i == 0 && KernelCsv.isHeader(line)) {
                    return "csv";
                } else if (FtraceText.isLine(line)) {
                    return "ftrace";
                }
            }
        } catch (IOException e) {
            return ""; // no text; whoever reads it says so
        }
        return "";
    }
}
