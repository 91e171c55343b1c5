package io.iowait.invariant;

/// One place in a trace where a law does not hold.
///
/// @param finding the program's own fault, not the emulator's
/// @param seq record at fault, or [#AT_END]
/// @param cpu or -1
/// @param task or -1
/// @param text what was seen and what the law asks for
public record Breach(
        String law, boolean finding, long seq, long tNs, int cpu, int task, String text) {
    /// The trace as a whole is at fault.
    public static final long AT_END = -1;

    /// One line for people.
    public String line() {
        String place = seq == AT_END ? "at the end" : "#" + seq;
        return "%s t=%dns cpu=%d task=%d: %s".formatted(place, tNs, cpu, task, text);
    }
}
