package io.iowait.invariant;

/// What became of a law on a trace.
public enum Result {
    OK("ok"),
    /// The emulator or a policy is wrong.
    VIOLATED("VIOLATED"),
    /// The emulated program is at fault: it blocks its loop, it deadlocks.
    FINDING("finding"),
    /// Nothing in the trace put the law to the test.
    NOT_EXERCISED("not exercised"),
    /// The law cannot be asked of such a trace; the verdict says why.
    SKIPPED("skipped");

    private final String word;

    Result(String word) {
        this.word = word;
    }

    /// As it is printed.
    public String word() {
        return word;
    }
}
