package io.iowait.runtime.asyncio;

import io.iowait.runtime.Declaration;
import io.iowait.runtime.EventLoop;
import io.iowait.runtime.Thrown;
import java.util.Map;
import java.util.TreeMap;

/// The named objects of one run, made when first used.
final class Objects {
    private final EventLoop loop;
    private final Map<Integer, Object> made = new TreeMap<>();

    Objects(EventLoop loop) {
        this.loop = loop;
    }

    /// Puts an object in a declaration's place.
    void put(Declaration declaration, Object object) {
        made.put(declaration.index(), object);
    }

    /// The object in a declaration's place; any other value is itself.
    Object resolve(Object value) {
        return value instanceof Declaration d
                ? made.computeIfAbsent(d.index(), _ -> make(d.kind(), d.number()))
                : value;
    }

    Object make(String kind, long number) {
        return switch (kind) {
            case "event" -> new LoopEvent();
            case "lock" -> new LoopLock();
            case "condition" -> new LoopCondition();
            case "semaphore" -> new LoopSemaphore(number, LoopSemaphore.UNBOUNDED);
            case "bounded_semaphore" -> new LoopSemaphore(number, number);
            case "queue" -> new LoopQueue(LoopQueue.Order.FIFO, number);
            case "lifo_queue" -> new LoopQueue(LoopQueue.Order.LIFO, number);
            case "priority_queue" -> new LoopQueue(LoopQueue.Order.SMALLEST, number);
            case "future" -> new LoopFuture(loop);
            default -> throw Thrown.library("TypeError", "no such kind of object: " + kind);
        };
    }
}
