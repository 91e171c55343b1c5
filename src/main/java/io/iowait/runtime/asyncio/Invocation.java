package io.iowait.runtime.asyncio;

/// A call of a callback of the program, to be made later.
record Invocation(int function, Object[] args) {}
