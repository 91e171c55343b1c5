package io.iowait.runtime.node;

import io.iowait.program.Values;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/// Promises that were rejected before anybody asked for them.
///
/// They are told when ticks and microtasks are drained: first those asked for too late, then those
/// still unhandled.
///
/// Source: Node 20.20 `lib/internal/process/promises.js`.
final class Rejections {
    private final Consumer<String> log;
    private final Deque<Promise> unhandled = new ArrayDeque<>();
    private int handledLate;

    Rejections(Consumer<String> log) {
        this.log = log;
    }

    void rejected(Promise promise) {
        promise.unheard = true;
        unhandled.add(promise);
    }

    void handled(Promise promise) {
        if (promise.unheard) {
            promise.unheard = false;
            handledLate += promise.warned ? 1 : 0;
        }
    }

    /// Tells them; whether there was something to tell.
    boolean tell() {
        boolean told = handledLate > 0;
        for (; handledLate > 0; handledLate--) {
            log.accept("rejectionHandled");
        }
        while (!unhandled.isEmpty()) {
            Promise promise = unhandled.remove();
            if (promise.unheard) {
                promise.warned = true;
                told = true;
                log.accept("unhandledRejection " + Values.format(promise.result()));
            }
        }
        return told;
    }
}
