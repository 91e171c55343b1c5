package io.iowait.trace;

import java.io.IOException;

/// Where a recorder puts its frames, one after the other.
interface FrameSink extends AutoCloseable {
    /// Appends the first `length` bytes as one frame, or throws and appends nothing.
    ///
    /// A full disk may show itself as an [InternalError] (a fault in mapped memory).
    void write(byte[] bytes, int length) throws IOException;

    @Override
    void close() throws IOException;
}
