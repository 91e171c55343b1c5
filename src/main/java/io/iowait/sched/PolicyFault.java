package io.iowait.sched;

/// A policy broke its contract; the message says which rule, when and for which task.
public final class PolicyFault extends RuntimeException {
    private static final long serialVersionUID = 1;

    public PolicyFault(String message) {
        super(message);
    }
}
