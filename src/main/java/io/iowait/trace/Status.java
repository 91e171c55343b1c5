package io.iowait.trace;

/// How a trace ended, known once it was read to its end.
///
/// Whatever the status, the records before it were handed out and are good.
public sealed interface Status {
    /// Number of good records; they are numbered from 0.
    long records();

    /// One line for people.
    String describe();

    default boolean isComplete() {
        return this instanceof Complete;
    }

    /// The run was recorded to its end, and every checksum and link of the hash chain holds.
    record Complete(long records, long endNs, long hash) implements Status {
        @Override
        public String describe() {
            return "complete: %d records, left at %d ns, hash %s"
                    .formatted(records, endNs, HashChain.text(hash));
        }
    }

    /// The recording stopped before the run ended: killed, disk full, or the file was cut.
    record CutOff(long records, String why) implements Status {
        @Override
        public String describe() {
            return "cut off %s: %s".formatted(place(records), why);
        }
    }

    /// Block number `block`, counted from 0, is not what was written.
    record Damaged(long records, long block, String why) implements Status {
        @Override
        public String describe() {
            return "damaged at block %d, %s: %s".formatted(block, place(records), why);
        }
    }

    private static String place(long records) {
        return records == 0 ? "before the first record" : "after record " + (records - 1);
    }
}
