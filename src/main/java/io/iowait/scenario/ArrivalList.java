package io.iowait.scenario;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// Arrivals that somebody listed: a line each, a time from the start, and perhaps what the request
/// moves.
///
///     # when, how much
///     0ms, 4KiB
///     1.5ms, 64KiB
///
/// As a value it is one word that holds all of it, `at:0ms,1500us` or `at:0ms=4KiB,1500us=64KiB`, so
/// that a trace needs no file beside it.
///
/// @param bytes of each; empty: no line says
record ArrivalList(long[] atNs, long[] bytes) {
    static final String WORD = "at:";

    /// A value that names a file.
    static final String FILE = "file:";

    private static final int LINES_MAX = 1_000_000;
    private static final String EXPECTED = "a time, or a time and a size, such as 1.5ms, 64KiB";

    static boolean isOne(String word) {
        return word.startsWith(WORD);
    }

    /// Reads a file into the word that holds it.
    ///
    /// @throws ScenarioException with file and line
    static String read(Path path) {
        List<String> lines = Texts.read(path, "a file of arrivals").lines().toList();
        Reader reader = new Reader();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).replaceFirst("#.*", "").strip();
            if (!line.isEmpty()) {
                reader.add(line.split("[,;\\s]+"), "%s:%d: ".formatted(path.getFileName(), i + 1));
            }
        }
        if (reader.count == 0) {
            throw new ScenarioException(path + ": found no arrival, expected " + EXPECTED);
        }
        return reader.list().word();
    }

    /// Reads the word.
    static ArrivalList of(String word) {
        Reader reader = new Reader();
        for (String item : word.substring(WORD.length()).split(",", -1)) {
            reader.add(item.split("=", -1), "arrivals: ");
        }
        return reader.list();
    }

    /// The word that [#of] reads.
    String word() {
        StringBuilder word = new StringBuilder(WORD);
        for (int i = 0; i < atNs.length; i++) {
            word.append(i == 0 ? "" : ",").append(Units.time(atNs[i]));
            if (bytes.length > 0) {
                word.append('=').append(Units.size(bytes[i]));
            }
        }
        return word.toString();
    }

    /// Collects lines, and refuses what does not fit those before.
    private static final class Reader {
        private long[] atNs = new long[64];
        private long[] bytes = new long[64];
        private int count;
        private boolean sized;

        void add(String[] parts, String where) {
            if (count == LINES_MAX) {
                throw new ScenarioException(
                        where + "found more than %d arrivals, expected fewer".formatted(LINES_MAX));
            }
            if (parts.length > 2) {
                throw new ScenarioException(
                        where + "found %d values, expected %s".formatted(parts.length, EXPECTED));
            }
            if (count == atNs.length) {
                atNs = Arrays.copyOf(atNs, 2 * count);
                bytes = Arrays.copyOf(bytes, 2 * count);
            }
            try {
                atNs[count] = Units.timeNs("time", parts[0]);
                bytes[count] = parts.length == 2 ? Units.bytes("size", parts[1]) : 0;
            } catch (ScenarioException e) {
                throw new ScenarioException(where + e.getMessage());
            }
            requireFitting(parts, where);
            count++;
        }

        private void requireFitting(String[] parts, String where) {
            if (count > 0 && atNs[count] < atNs[count - 1]) {
                throw new ScenarioException(
                        where
                                + "found %s after %s, expected times that rise"
                                        .formatted(parts[0], Units.time(atNs[count - 1])));
            }
            if (count > 0 && sized != (parts.length == 2)) {
                throw new ScenarioException(
                        where + "found lines with and without a size, expected all alike");
            }
            sized = parts.length == 2;
            if (sized && (bytes[count] < 1 || bytes[count] > 1 << 30)) {
                throw new ScenarioException(
                        where + "size: found '%s', expected 1B to 1GiB".formatted(parts[1]));
            }
        }

        ArrivalList list() {
            return new ArrivalList(
                    Arrays.copyOf(atNs, count), Arrays.copyOf(bytes, sized ? count : 0));
        }
    }

    /// How many lie in the window from `fromNs` up to `toNs`.
    long countBetween(long fromNs, long toNs) {
        return Arrays.stream(atNs).filter(ns -> ns >= fromNs && ns < toNs).count();
    }
}
