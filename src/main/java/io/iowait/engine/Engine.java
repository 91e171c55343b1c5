package io.iowait.engine;

/// Runs the events of an [EventQueue] in order, advancing virtual time to each.
///
/// An event is disarmed before its handler sees it, so the handler may arm it again, also for the
/// same instant. No event beyond the limit of a run is touched: running to 5 and then to 9 equals
/// running to 9.
public final class Engine {
    /// What happens at an event.
    @FunctionalInterface
    public interface Handler {
        /// @param id the event, no longer armed
        /// @param handler the number it was allotted with
        /// @param arg its argument
        void onEvent(int id, int handler, int arg, long nowNs);
    }

    private final EventQueue events;
    private final Handler handler;
    private final Clock clock = new Clock();

    public Engine(EventQueue events, Handler handler) {
        this.events = events;
        this.handler = handler;
    }

    public long nowNs() {
        return clock.nowNs();
    }

    /// Runs all events up to and including `untilNs`; then it is `untilNs`.
    ///
    /// @throws IllegalArgumentException if `untilNs` is before now, or an event was armed for the
    ///   past
    public void runUntil(long untilNs) {
        while (step(untilNs)) {}
        clock.advanceTo(untilNs);
    }

    /// Runs the first event if it is due by `untilNs`, and says whether it was. Otherwise changes
    /// nothing. `while (step(Time.NEVER))` runs until no event is left.
    public boolean step(long untilNs) {
        if (events.isEmpty() || events.peekTimeNs() > untilNs) {
            return false;
        }
        clock.advanceTo(events.peekTimeNs());
        int id = events.poll();
        handler.onEvent(id, events.handler(id), events.arg(id), clock.nowNs());
        return true;
    }
}
