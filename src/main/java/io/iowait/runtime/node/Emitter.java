package io.iowait.runtime.node;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// An event emitter: listeners by event, called in order of registration.
///
/// Source: Node 20.20 `lib/events.js`.
final class Emitter {
    private final Map<String, List<Listener>> listeners = new TreeMap<>();

    void on(String event, Callback callback, boolean once) {
        listeners
                .computeIfAbsent(event, _ -> new ArrayList<>())
                .add(new Listener(this, event, callback, once));
    }

    void offAll(String event) {
        listeners.remove(event);
    }

    /// A copy: what a listener changes counts from the next event on.
    List<Object> of(String event) {
        return new ArrayList<>(listeners.getOrDefault(event, List.of()));
    }

    /// A registered callback; one for once leaves before it is called.
    static final class Listener {
        private final Emitter emitter;
        private final String event;
        final Callback callback;
        private final boolean once;
        private boolean called;

        Listener(Emitter emitter, String event, Callback callback, boolean once) {
            this.emitter = emitter;
            this.event = event;
            this.callback = callback;
            this.once = once;
        }

        /// Whether it is to be called now.
        boolean take() {
            if (once) {
                if (called) {
                    return false;
                }
                called = true;
                List<Listener> all = emitter.listeners.getOrDefault(event, List.of());
                all.remove(this);
            }
            return true;
        }
    }
}
