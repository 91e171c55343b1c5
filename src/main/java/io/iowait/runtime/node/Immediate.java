package io.iowait.runtime.node;

/// An immediate that can be taken back.
record Immediate(int handle, int generation) {}
