package io.iowait.machine;

import umontreal.ssj.simevents.Event;
import umontreal.ssj.simevents.eventlist.EventList;

/// W1 by SSJ.
final class SsjSleepers extends SsjLoad {
    SsjSleepers(int count, EventList list) {
        super(Sleepers.eventNs(count), list);
        for (int i = 0; i < count; i++) {
            new Sleeper(i).actions();
        }
    }

    private final class Sleeper extends Event {
        private final int id;
        private int sleeps;

        Sleeper(int id) {
            super(SsjSleepers.this);
            this.id = id;
        }

        @Override
        public void actions() {
            events++;
            schedule(Sleepers.PAUSE.ns(id, sleeps++));
        }
    }
}
