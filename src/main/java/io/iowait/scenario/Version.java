package io.iowait.scenario;

/// The version that traces carry: a run can be repeated bit for bit by the same version only.
public final class Version {
    public static final String TEXT = "0.1.0";

    private Version() {}
}
