package io.iowait.invariant;

import java.util.List;

/// One law's line in a [Report].
///
/// @param reason why the law was skipped; empty otherwise
/// @param evaluations how often the law was put to the test
/// @param examples the first few breaches, in order of the trace
public record Verdict(
        String id,
        String title,
        Scope scope,
        Result result,
        String reason,
        long evaluations,
        long violations,
        long findings,
        List<Breach> examples) {
    public Verdict {
        examples = List.copyOf(examples);
    }
}
