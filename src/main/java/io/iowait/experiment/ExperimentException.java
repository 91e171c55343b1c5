package io.iowait.experiment;

/// A run of an experiment never ends, so that there is nothing to compare.
public final class ExperimentException extends RuntimeException {
    private static final long serialVersionUID = 1;

    ExperimentException(String message) {
        super(message);
    }
}
