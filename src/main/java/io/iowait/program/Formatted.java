package io.iowait.program;

/// An object that says how it appears in templates and results; others appear as `object`.
public interface Formatted {
    String format();
}
