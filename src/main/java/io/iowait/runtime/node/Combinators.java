package io.iowait.runtime.node;

import io.iowait.program.Formatted;
import io.iowait.program.Raised;
import io.iowait.program.Value;
import io.iowait.program.Values;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// `all`, `race`, `any`, `allSettled`: each calls `then` on every member in order.
///
/// Source: ECMA-262 section 27.2.4.
final class Combinators {
    private final Jobs jobs;

    Combinators(Jobs jobs) {
        this.jobs = jobs;
    }

    Promise all(List<Object> members) {
        Collection all = new Collection(members.size());
        for (int i = 0; i < members.size(); i++) {
            int at = i;
            member(members.get(i)).whenSettled(value -> all.put(at, value), all::rejectAll);
        }
        all.begun();
        return all.promise;
    }

    Promise allSettled(List<Object> members) {
        Collection all = new Collection(members.size());
        for (int i = 0; i < members.size(); i++) {
            int at = i;
            member(members.get(i))
                    .whenSettled(
                            value -> all.put(at, new Settled(false, value)),
                            reason -> all.put(at, new Settled(true, reason)));
        }
        all.begun();
        return all.promise;
    }

    Promise any(List<Object> members) {
        Collection errors = new Collection(members.size());
        errors.rejects = true;
        for (int i = 0; i < members.size(); i++) {
            int at = i;
            member(members.get(i))
                    .whenSettled(errors::resolveAll, reason -> errors.put(at, reason));
        }
        errors.begun();
        return errors.promise;
    }

    Promise race(List<Object> members) {
        Collection first = new Collection(members.size());
        for (Object member : members) {
            member(member).whenSettled(first::resolveAll, first::rejectAll);
        }
        return first.promise;
    }

    private Promise member(Object value) {
        return Promise.resolvedWith(jobs, value);
    }

    /// Results by place, until the last one has come.
    private final class Collection {
        final Promise promise = new Promise(jobs);
        private final Object[] results;
        private int missing;
        boolean rejects;

        Collection(int size) {
            results = new Object[size];
            Arrays.fill(results, Value.NULL);
            missing = size + 1;
        }

        Object put(int at, Object value) {
            results[at] = value;
            return begun();
        }

        /// All members are asked, or one more has come.
        Object begun() {
            missing--;
            if (missing == 0) {
                List<Object> all = new ArrayList<>(Arrays.asList(results));
                if (rejects) {
                    promise.reject(Raised.group("AggregateError", all));
                } else {
                    promise.resolve(Values.list(results));
                }
            }
            return Value.NULL;
        }

        Object resolveAll(Object value) {
            promise.resolve(value);
            return Value.NULL;
        }

        Object rejectAll(Object reason) {
            promise.reject(reason);
            return Value.NULL;
        }
    }

    /// A record of `allSettled`.
    private record Settled(boolean rejected, Object value) implements Formatted {
        @Override
        public String format() {
            return (rejected ? "rejected(" : "fulfilled(") + Values.format(value) + ")";
        }
    }
}
