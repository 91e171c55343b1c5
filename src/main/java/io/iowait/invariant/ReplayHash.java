package io.iowait.invariant;

import java.util.Optional;

/// G14: a run and its replay have the same hash chain.
///
/// Needs two traces; `iowait replay` checks it, the law book only lists it.
final class ReplayHash extends Law {
    ReplayHash() {
        super("G14", "a replay tells the same", Scope.GLOBAL);
    }

    @Override
    public Optional<String> skip(Setting setting) {
        return Optional.of("checked by replay");
    }
}
