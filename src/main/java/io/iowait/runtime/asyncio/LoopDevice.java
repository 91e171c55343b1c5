package io.iowait.runtime.asyncio;

import io.iowait.io.OpenFile;

/// Hardware that a loop reads from.
@FunctionalInterface
public interface LoopDevice {
    /// A new channel with a descriptor of its own: one request at a time, by `submit` then `read`.
    OpenFile openChannel();
}
