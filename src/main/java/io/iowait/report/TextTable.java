package io.iowait.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Lines of cells that are printed in aligned columns; colours in a cell do not count as width.
///
/// A column whose heading begins with `<` is flush left (the sign is not printed), others right.
final class TextTable {
    private static final String GAP = "  ";
    private static final String COLOURS = "\u001b\\[[0-9;]*m";

    private final List<List<String>> lines = new ArrayList<>();
    private final boolean[] left;

    TextTable(String... headings) {
        left = new boolean[headings.length];
        List<String> plain = new ArrayList<>();
        for (int i = 0; i < headings.length; i++) {
            left[i] = headings[i].startsWith("<");
            plain.add(left[i] ? headings[i].substring(1) : headings[i]);
        }
        lines.add(plain);
    }

    TextTable line(String... cells) {
        return line(Arrays.asList(cells));
    }

    TextTable line(List<String> cells) {
        if (cells.size() > left.length) {
            throw new IllegalArgumentException(
                    "more cells than columns: cells=%d columns=%d"
                            .formatted(cells.size(), left.length));
        }
        lines.add(List.copyOf(cells));
        return this;
    }

    /// The heading and all lines, each with a line end and without trailing blanks.
    String text() {
        int[] widths = new int[left.length];
        for (List<String> line : lines) {
            for (int i = 0; i < line.size(); i++) {
                widths[i] = Math.max(widths[i], width(line.get(i)));
            }
        }
        StringBuilder out = new StringBuilder();
        for (List<String> line : lines) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < line.size(); i++) {
                String pad = " ".repeat(widths[i] - width(line.get(i)));
                text.append(i == 0 ? "" : GAP);
                text.append(left[i] ? line.get(i) + pad : pad + line.get(i));
            }
            out.append(text.toString().stripTrailing()).append('\n');
        }
        return out.toString();
    }

    private static int width(String cell) {
        return cell.replaceAll(COLOURS, "").length();
    }
}
