package io.iowait.trace;

import java.io.IOException;

/// Where a reader gets its frames from, one after the other.
interface FrameSource extends AutoCloseable {
    /// Fills in the next frame; false when there is none left.
    boolean next(Frames into) throws IOException;

    /// After the last frame: what was left of an unfinished one, or nothing when the bytes end
    /// where a frame does.
    default String remains() {
        return "";
    }

    /// After the end of a trace: what lies behind it and does not belong there, or nothing.
    default String surplus() {
        return "";
    }

    @Override
    void close() throws IOException;
}
