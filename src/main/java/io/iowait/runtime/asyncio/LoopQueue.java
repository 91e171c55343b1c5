package io.iowait.runtime.asyncio;

import io.iowait.program.Value;
import io.iowait.program.Values;
import io.iowait.runtime.Thrown;
import java.util.ArrayList;
import java.util.List;

/// A queue between coroutines: FIFO, LIFO, or a heap of the smallest first. A woken getter or
/// putter looks again, so another may overtake it.
///
/// Source: CPython 3.13 `asyncio/queues.py`, `heapq`.
final class LoopQueue {
    enum Order {
        FIFO,
        LIFO,
        SMALLEST
    }

    final Waiters getters = new Waiters();
    final Waiters putters = new Waiters();
    final LoopEvent finished = new LoopEvent();
    private final Order order;
    private final long sizeMax;
    private final List<Object> items = new ArrayList<>();
    private int first; // of a FIFO
    private long unfinished;

    /// @param sizeMax at most so many items; 0 or less: no bound
    LoopQueue(Order order, long sizeMax) {
        this.order = order;
        this.sizeMax = sizeMax;
        finished.set();
    }

    int size() {
        return items.size() - first;
    }

    boolean isEmpty() {
        return size() == 0;
    }

    boolean isFull() {
        return sizeMax > 0 && size() >= sizeMax;
    }

    boolean isFinished() {
        return unfinished == 0;
    }

    void put(Object item) {
        if (isFull()) {
            throw Thrown.library("QueueFull", "");
        }
        items.add(item);
        if (order == Order.SMALLEST) {
            rise(items.size() - 1, item);
        }
        unfinished++;
        finished.clear();
        wakeNext(getters);
    }

    Object get() {
        if (isEmpty()) {
            throw Thrown.library("QueueEmpty", "");
        }
        Object item =
                switch (order) {
                    case FIFO -> takeFirst();
                    case LIFO -> items.removeLast();
                    case SMALLEST -> takeSmallest();
                };
        wakeNext(putters);
        return item;
    }

    void taskDone() {
        if (unfinished <= 0) {
            throw Thrown.library("ValueError", "task_done() called too many times");
        }
        unfinished--;
        if (unfinished == 0) {
            finished.set();
        }
    }

    /// A getter or putter ends by an exception: it leaves, and passes a wake-up on that it cannot
    /// use.
    void leave(Waiters side, LoopFuture future) {
        future.cancel();
        side.leave(future);
        boolean useful = side == getters ? !isEmpty() : !isFull();
        if (useful && !future.isCancelled()) {
            wakeNext(side);
        }
    }

    private static void wakeNext(Waiters side) {
        while (!side.waiters.isEmpty()) {
            LoopFuture future = side.waiters.remove();
            if (!future.isDone()) {
                future.setResult(Value.NULL);
                return;
            }
        }
    }

    private Object takeFirst() {
        Object item = items.get(first);
        items.set(first++, Value.NULL);
        if (2 * first > items.size()) {
            items.subList(0, first).clear();
            first = 0;
        }
        return item;
    }

    private Object takeSmallest() {
        Object last = items.removeLast();
        if (items.isEmpty()) {
            return last;
        }
        Object smallest = items.getFirst();
        int slot = 0;
        int child = 1;
        while (child < items.size()) {
            int right = child + 1;
            if (right < items.size() && !isLess(items.get(child), items.get(right))) {
                child = right;
            }
            items.set(slot, items.get(child));
            slot = child;
            child = 2 * slot + 1;
        }
        rise(slot, last);
        return smallest;
    }

    private void rise(int from, Object item) {
        int slot = from;
        while (slot > 0 && isLess(item, items.get((slot - 1) / 2))) {
            items.set(slot, items.get((slot - 1) / 2));
            slot = (slot - 1) / 2;
        }
        items.set(slot, item);
    }

    private static boolean isLess(Object a, Object b) {
        if (a instanceof Long x && b instanceof Long y) {
            return x < y;
        }
        if (a instanceof String x && b instanceof String y) {
            return x.compareTo(y) < 0;
        }
        throw Thrown.library(
                "TypeError", "not ordered: " + Values.format(a) + " " + Values.format(b));
    }
}
