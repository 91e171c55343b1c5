package io.iowait.trace;

import java.nio.file.Path;

/// Compares two traces at rest.
public final class TraceDiff {
    private TraceDiff() {}

    /// Reads `other` as if it were a run and holds it against `recorded`.
    public static VerifyingConsumer compare(Path recorded, Path other) {
        try (TraceReader recording = TraceReader.open(recorded);
                TraceReader run = TraceReader.open(other)) {
            VerifyingConsumer verifier = new VerifyingConsumer(recording);
            run.read(verifier);
            return verifier;
        }
    }
}
