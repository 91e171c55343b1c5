package io.iowait.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/// What a policy chose and why, one line a pick; the first of very many.
final class Picks {
    private static final int SHOWN = 100;

    private final List<String> lines = new ArrayList<>();
    private long count;

    void add(String line) {
        if (count++ < SHOWN) {
            lines.add(line);
        }
    }

    /// Prints them, and begins anew.
    void print(PrintWriter out) {
        if (count > 0) {
            out.println("picks");
            lines.forEach(line -> out.println("  " + line));
            if (count > SHOWN) {
                out.printf("  .. and %s more%n", Console.number(count - SHOWN));
            }
            out.flush();
        }
        lines.clear();
        count = 0;
    }
}
