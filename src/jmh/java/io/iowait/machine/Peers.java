package io.iowait.machine;

import umontreal.ssj.simevents.eventlist.EventList;
import umontreal.ssj.simevents.eventlist.Henriksen;
import umontreal.ssj.simevents.eventlist.SplayTree;

/// The peers at their best.
final class Peers {
    private static final int MANY = 100_000;

    private Peers() {}

    /// Which of SSJ's event lists was fastest (docs/benchmarks.md).
    static EventList bestList(int count) {
        return count < MANY ? new SplayTree() : new Henriksen();
    }
}
