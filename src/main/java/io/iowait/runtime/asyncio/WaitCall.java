package io.iowait.runtime.asyncio;

import io.iowait.engine.Time;
import io.iowait.program.Raised;
import io.iowait.program.Value;
import io.iowait.program.Values;
import io.iowait.runtime.EventLoop;
import io.iowait.runtime.Thrown;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A call of `wait`: counts its members down until the condition holds or the time is up.
///
/// Source: CPython 3.13 `asyncio/tasks.py`.
final class WaitCall {
    static final String FIRST_COMPLETED = "first_completed";
    static final String FIRST_EXCEPTION = "first_exception";

    final LoopFuture waiter;
    private final Set<LoopFuture> members;
    private final String returnWhen;
    private final DoneCallback callback = this::memberDone;
    private @Nullable LoopHandle timer;
    private int left;

    WaitCall(EventLoop loop, List<LoopFuture> items, long whenNs, String returnWhen) {
        if (items.isEmpty()) {
            throw Thrown.library("ValueError", "set of futures is empty");
        }
        this.waiter = new LoopFuture(loop);
        this.members = new LinkedHashSet<>(items);
        this.returnWhen = returnWhen;
        this.left = members.size();
        if (whenNs != Time.NEVER) {
            Action expire = () -> waiter.release(Value.NULL);
            timer = LoopHandle.of(loop, loop.callAt(whenNs, Entries.ACTION, 0, expire));
        }
        members.forEach(member -> member.addDoneCallback(callback));
    }

    private void memberDone(LoopFuture member) {
        left--;
        Raised failure = member.isCancelled() ? null : member.failure();
        if (left <= 0
                || returnWhen.equals(FIRST_COMPLETED)
                || returnWhen.equals(FIRST_EXCEPTION) && failure != null) {
            disarm();
            waiter.release(Value.NULL);
        }
    }

    private void disarm() {
        if (timer != null) {
            timer.cancel();
        }
    }

    /// The waiting is over, in whatever way.
    void end() {
        disarm();
        members.forEach(member -> member.removeDoneCallback(callback));
    }

    /// Two lists: done and pending members, each in the order given.
    ArrayList<Object> lists() {
        ArrayList<Object> done = new ArrayList<>();
        ArrayList<Object> pending = new ArrayList<>();
        members.forEach(member -> (member.isDone() ? done : pending).add(member));
        return Values.list(done, pending);
    }
}
