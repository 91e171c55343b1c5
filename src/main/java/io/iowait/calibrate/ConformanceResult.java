package io.iowait.calibrate;

import java.util.List;

/// How the emulator fared with a list of cases.
public record ConformanceResult(List<Case> cases) {
    public ConformanceResult {
        cases = List.copyOf(cases);
    }

    /// One case.
    ///
    /// @param difference where it differs, expected beside actual; "" if it passed
    public record Case(String name, boolean passed, String difference) {
        static Case passed(String name) {
            return new Case(name, true, "");
        }

        static Case failed(String name, String difference) {
            return new Case(name, false, difference);
        }
    }

    public List<Case> failures() {
        return cases.stream().filter(c -> !c.passed()).toList();
    }

    public int passedCount() {
        return cases.size() - failures().size();
    }

    /// Whether there were cases and all passed.
    public boolean passed() {
        return !cases.isEmpty() && failures().isEmpty();
    }

    /// A line with the counts, then the first failures.
    public String summary(int failuresMax) {
        StringBuilder out = new StringBuilder();
        out.append(passedCount()).append(" of ").append(cases.size()).append(" passed\n");
        for (Case c : failures().stream().limit(failuresMax).toList()) {
            out.append(c.name()).append('\n').append(c.difference());
            if (!c.difference().endsWith("\n")) {
                out.append('\n');
            }
        }
        return out.toString();
    }
}
