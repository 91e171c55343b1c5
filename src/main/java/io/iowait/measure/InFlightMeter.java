package io.iowait.measure;

/// Requests inside devices: by Little's law their mean number tells how long one takes.
final class InFlightMeter {
    private final Window window;
    private long sinceNs;
    private int count;
    private double areaNs;
    private long completed;

    InFlightMeter(Window window) {
        this.window = window;
    }

    void submit(long t) {
        passTo(t);
        count++;
    }

    void complete(long t) {
        passTo(t);
        count = Math.max(0, count - 1);
        completed += window.holds(t) ? 1 : 0;
    }

    void end(long t) {
        passTo(t);
    }

    private void passTo(long t) {
        long from = Math.clamp(sinceNs, window.fromNs(), window.toNs());
        long to = Math.clamp(t, window.fromNs(), window.toNs());
        areaNs += (double) count * (to - from);
        sinceNs = t;
    }

    /// Time that requests spent inside devices, of all together.
    double totalNs() {
        return areaNs;
    }

    long completed() {
        return completed;
    }
}
