package io.iowait.machine;

import java.util.ArrayDeque;
import umontreal.ssj.simevents.Event;
import umontreal.ssj.simevents.eventlist.EventList;

/// W2 by SSJ: a job's event serves in turn for its I/O and its quanta.
final class SsjJobs extends SsjLoad {
    private final Exponential io;
    private final ArrayDeque<Job> ready;
    private boolean busy;

    SsjJobs(int count, EventList list) {
        super(Jobs.EVENT_NS, list);
        io = Jobs.io(count);
        ready = new ArrayDeque<>(count + 1);
        for (int i = 0; i < count; i++) {
            new Job(i).startIo();
        }
    }

    private void dispatch() {
        Job job = ready.poll();
        busy = job != null;
        if (job != null) {
            job.startQuantum();
        }
    }

    private final class Job extends Event {
        private final int id;
        private int step;
        private long leftNs;
        private boolean running;

        Job(int id) {
            super(SsjJobs.this);
            this.id = id;
        }

        @Override
        public void actions() {
            if (running) {
                endQuantum();
            } else {
                endIo();
            }
        }

        void startIo() {
            schedule(io.ns(id, step++));
        }

        private void endIo() {
            leftNs = Jobs.BURST.ns(id, step++);
            events += Jobs.dispatches(leftNs);
            ready.add(this);
            if (!busy) {
                dispatch();
            }
        }

        private void startQuantum() {
            running = true;
            long ns = Math.min(leftNs, Jobs.QUANTUM_NS);
            leftNs -= ns;
            schedule(ns);
        }

        private void endQuantum() {
            running = false;
            if (leftNs > 0) {
                ready.add(this);
            } else {
                startIo();
            }
            dispatch();
        }
    }
}
