package io.iowait.machine;

import umontreal.ssj.simevents.Simulator;
import umontreal.ssj.simevents.eventlist.EventList;

/// A workload written by hand for the event-driven core of SSJ, as its users would: an event object
/// a thread, no processes, no statistics.
abstract class SsjLoad extends Simulator implements Load {
    private final double eventNs;
    private double untilNs;

    /// Counted by the subclass.
    long events;

    SsjLoad(double eventNs, EventList list) {
        this.eventNs = eventNs;
        init(list);
    }

    @Override
    public void run(long events) {
        untilNs += events * eventNs;
        while (time() < untilNs) {
            removeFirstEvent().actions();
        }
    }

    @Override
    public long events() {
        return events;
    }
}
