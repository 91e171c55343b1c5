package io.iowait.calibrate;

import io.iowait.kernel.Defect;
import io.iowait.runtime.LoopFlavour;
import io.iowait.scenario.LoopCase;
import io.iowait.scenario.LoopCase.Answer;
import io.iowait.scenario.TextbookCase;
import io.iowait.tracepoint.Tracer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/// Runs conformance cases on the emulator and compares every line with what a real loop, or a
/// textbook's simulator, answered.
///
/// A case that cannot be run (an unknown word, a program that never pauses) has failed; none is
/// skipped.
public final class Conformance {
    private static final Pattern SUITE = Pattern.compile("\"suite\"\\s*:\\s*\"([^\"]*)\"");

    private final Supplier<Tracer> tracer;
    private final Set<Defect> defects;
    private final LoopFlavour.Fault fault;

    /// The emulator as it is, untraced.
    public Conformance() {
        this(Tracer::off, EnumSet.noneOf(Defect.class), LoopFlavour.Fault.NONE);
    }

    /// @param tracer makes the tracer of each case
    /// @param defects planted in the kernel
    /// @param fault planted in the loop
    public Conformance(Supplier<Tracer> tracer, Set<Defect> defects, LoopFlavour.Fault fault) {
        this.tracer = tracer;
        this.defects = EnumSet.noneOf(Defect.class);
        this.defects.addAll(defects);
        this.fault = fault;
    }

    /// The cases of a file of JSON lines, which may be compressed (`.gz`).
    public static List<String> read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return read(file.toString().endsWith(".gz") ? new GZIPInputStream(in) : in);
        }
    }

    /// The cases of a stream of JSON lines; empty lines are none.
    public static List<String> read(InputStream in) throws IOException {
        List<String> lines = new ArrayList<>();
        BufferedReader reader =
                new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            if (!line.isBlank()) {
                lines.add(line);
            }
        }
        return lines;
    }

    /// Runs them all.
    public ConformanceResult run(List<String> cases) {
        List<ConformanceResult.Case> results = new ArrayList<>();
        for (String text : cases) {
            results.add(run(text));
        }
        return new ConformanceResult(results);
    }

    /// Runs one case.
    public ConformanceResult.Case run(String text) {
        return TextbookCase.suites().contains(suiteOf(text)) ? runTextbook(text) : runLoop(text);
    }

    /// The suite that a case says it is of, or "".
    public static String suiteOf(String text) {
        Matcher suite = SUITE.matcher(text);
        return suite.find() ? suite.group(1) : "";
    }

    private ConformanceResult.Case runTextbook(String text) {
        TextbookCase textbook = TextbookCase.parse(text);
        try {
            List<String> expected = textbook.expected();
            List<String> actual = textbook.answer(tracer.get(), defects);
            return expected.equals(actual)
                    ? ConformanceResult.Case.passed(textbook.name())
                    : ConformanceResult.Case.failed(textbook.name(), aligned(expected, actual));
        } catch (RuntimeException e) {
            return ConformanceResult.Case.failed(textbook.name(), "cannot be run: " + reason(e));
        }
    }

    private ConformanceResult.Case runLoop(String text) {
        LoopCase loopCase;
        try {
            loopCase = LoopCase.parse(text);
        } catch (RuntimeException e) {
            return ConformanceResult.Case.failed("?", "not a case: " + reason(e));
        }
        try {
            Answer answer = loopCase.answer(tracer.get(), defects, fault);
            return compare(loopCase.name(), loopCase.expected(), answer);
        } catch (RuntimeException e) {
            return ConformanceResult.Case.failed(loopCase.name(), "cannot be run: " + reason(e));
        }
    }

    /// What is wrong, in words of the case: our own messages as they are; anything else means that
    /// the case has not the form of its suite.
    private static String reason(RuntimeException e) {
        boolean told =
                e instanceof IllegalArgumentException
                        || e instanceof IllegalStateException
                        || e.getClass().getPackageName().startsWith("io.iowait");
        String message = e.getMessage();
        return told && message != null
                ? message.lines().findFirst().orElse("")
                : "it has not the form of a case of its suite";
    }

    private static ConformanceResult.Case compare(String name, Answer expected, Answer actual) {
        return expected.equals(actual)
                ? ConformanceResult.Case.passed(name)
                : ConformanceResult.Case.failed(name, aligned(lines(expected), lines(actual)));
    }

    private static List<String> lines(Answer answer) {
        List<String> lines = new ArrayList<>(answer.log());
        if (answer.mainDoneUs() != Answer.NOT_TOLD) {
            lines.add(answer.mainDoneUs() + " main done");
        }
        if (!answer.cleanup().isEmpty()) {
            lines.add("cleanup " + answer.cleanup());
        }
        lines.add(answer.endUs() + " " + answer.ending());
        return lines;
    }

    /// The lines around the first difference, expected left, actual right.
    private static String aligned(List<String> expected, List<String> actual) {
        int first = 0;
        while (first < expected.size()
                && first < actual.size()
                && expected.get(first).equals(actual.get(first))) {
            first++;
        }
        StringBuilder out = new StringBuilder();
        for (int i = Math.max(0, first - 4); i < first + 6; i++) {
            String left = i < expected.size() ? expected.get(i) : "";
            String right = i < actual.size() ? actual.get(i) : "";
            if (i < expected.size() || i < actual.size()) {
                char mark = left.equals(right) ? ' ' : '|';
                out.append(String.format("%5d %-50s %c %s%n", i, left, mark, right));
            }
        }
        return out.toString();
    }
}
