package io.iowait.measure;

import io.iowait.tracepoint.Facts;

/// What threads and connections occupy, by the constants of the machine profile.
///
/// @param residentBytes pages that are really there: stacks as far as used, kernel structures
/// @param reservedBytes address space: whole stacks
/// @param connections among which to divide
public record Memory(long residentBytes, long reservedBytes, long connections) {
    /// @param isLoop whether connections are entries of an epoll set rather than threads; with
    ///   flavours asyncio and node each is a task, too
    static Memory of(Facts facts, long threads, long connections, boolean isLoop) {
        boolean isTask = facts.get("flavour.0", "").matches("(asyncio|node)\\b.*");
        long perConnection =
                isLoop
                        ? facts.getLong("connection_bytes_epoll", 0)
                                + (isTask ? facts.getLong("task_bytes", 0) : 0)
                        : 0;
        return new Memory(
                threads * facts.getLong("thread_resident_bytes", 0) + connections * perConnection,
                threads * facts.getLong("thread_virtual_bytes", 0),
                connections);
    }

    public double residentBytesPerConnection() {
        return connections == 0 ? 0 : (double) residentBytes / connections;
    }

    public double reservedBytesPerConnection() {
        return connections == 0 ? 0 : (double) reservedBytes / connections;
    }
}
