package io.iowait.runtime.asyncio;

import io.iowait.engine.Time;
import io.iowait.program.Value;
import io.iowait.runtime.EventLoop;
import io.iowait.runtime.Thrown;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The rounds of `as_completed`: members pass through a FIFO queue in the order in which they
/// ended.
///
/// Source: CPython 3.13 `asyncio/tasks.py`.
final class Completions {
    final LoopQueue done = new LoopQueue(LoopQueue.Order.FIFO, 0);
    private final Set<LoopFuture> open;
    private final DoneCallback callback = this::memberDone;
    private @Nullable LoopHandle timer;
    private int roundsLeft;

    Completions(EventLoop loop, List<LoopFuture> items, long whenNs) {
        open = new LinkedHashSet<>(items);
        roundsLeft = open.size();
        List.copyOf(open).forEach(member -> member.addDoneCallback(callback));
        if (!open.isEmpty() && whenNs != Time.NEVER) {
            Action expire = this::expire;
            timer = LoopHandle.of(loop, loop.callAt(whenNs, Entries.ACTION, 0, expire));
        }
    }

    private void memberDone(LoopFuture member) {
        if (!open.remove(member)) {
            return;
        }
        done.put(member);
        if (open.isEmpty() && timer != null) {
            timer.cancel();
        }
    }

    private void expire() {
        for (LoopFuture member : open) {
            member.removeDoneCallback(callback);
            done.put(Value.NULL);
        }
        open.clear();
    }

    /// Begins a round if there is one left.
    boolean nextRound() {
        return roundsLeft-- > 0;
    }

    /// The outcome of a round: what came out of the queue is a member, or null after the time-out.
    Object outcome(Object taken) {
        if (taken instanceof LoopFuture member) {
            return member.result();
        }
        throw Thrown.library("TimeoutError", "");
    }
}
