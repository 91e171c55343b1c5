package io.iowait.runtime.asyncio;

import io.iowait.program.Raised;
import io.iowait.runtime.EventLoop;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/// The channels to one device: a read takes a free one, or opens one.
///
/// A channel may be used again from the iteration after the one that emptied it, so that its place
/// in the epoll instance's queue is new.
final class Channels {
    private final EventLoop loop;
    private final LoopDevice device;
    private final Deque<Channel> free = new ArrayDeque<>();

    Channels(EventLoop loop, LoopDevice device) {
        this.loop = loop;
        this.device = device;
    }

    Channel take() {
        Channel first = free.peek();
        if (first == null || first.emptiedIn == loop.iteration()) {
            return new Channel(this, device.openChannel().descriptor());
        }
        return free.remove();
    }

    /// One request at a time.
    static final class Channel {
        final int descriptor;
        private final Channels home;
        private long emptiedIn;
        private @Nullable LoopFuture future;
        private Object value = io.iowait.program.Value.NULL;
        private @Nullable Raised failure;

        private Channel(Channels home, int descriptor) {
            this.home = home;
            this.descriptor = descriptor;
        }

        /// What the request under way is to bring, and to whom.
        void expect(LoopFuture receiver, Object result, @Nullable Raised raised) {
            future = receiver;
            value = result;
            failure = raised;
        }

        /// The result has been read.
        void deliver() {
            LoopFuture receiver = future;
            emptiedIn = home.loop.iteration();
            home.free.add(this);
            future = null;
            if (receiver == null || receiver.isDone()) {
                return;
            }
            if (failure == null) {
                receiver.setResult(value);
            } else {
                receiver.setException(failure);
            }
        }
    }
}
