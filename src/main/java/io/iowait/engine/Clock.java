package io.iowait.engine;

/// The present: a virtual time that starts at 0 and never goes back.
public final class Clock {
    private long nowNs;

    public long nowNs() {
        return nowNs;
    }

    /// @throws IllegalArgumentException if `timeNs` is before now, or [Time#NEVER]
    public void advanceTo(long timeNs) {
        if (timeNs < nowNs || timeNs == Time.NEVER) {
            throw new IllegalArgumentException(
                    "clock must not go back, nor to NEVER: timeNs=" + timeNs + " nowNs=" + nowNs);
        }
        nowNs = timeNs;
    }
}
