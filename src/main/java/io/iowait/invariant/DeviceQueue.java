package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import java.util.Arrays;

/// I4: a device serves so many requests at once, the oldest ones, and never idles beside work.
///
/// Asked of devices whose facts say `channels.<device>`. Who is in service follows from the trace:
/// the oldest requests, as many as there are channels. So who completes was one of them; and where
/// the facts say `service_ns.<device>`, it was in service for just so long.
///
/// Source: the device model; a queue with c servers.
final class DeviceQueue extends Law {
    private final LongMap rowOf = new LongMap();
    private Queue[] queues = new Queue[0];

    DeviceQueue() {
        super("I4", "a device keeps its depth and its queue", Scope.IO);
    }

    @Override
    public long kindsBefore() {
        return Kind.mask(Kind.REQUEST_SUBMIT, Kind.REQUEST_COMPLETE);
    }

    @Override
    public void before(World world, Block block, int i) {
        if (!world.fromStart()) {
            return;
        }
        Queue queue = queueOf(world, block.b(i));
        if (queue.channels <= 0) {
            return;
        }
        if (block.kind(i) == Kind.REQUEST_SUBMIT) {
            queue.submit(block.a(i), block.t(i));
        } else {
            completed(block, i, queue);
        }
    }

    private void completed(Block block, int i, Queue queue) {
        long request = block.a(i);
        int place = queue.placeOf(request);
        if (place < 0) {
            return; // law I1's
        }
        evaluated();
        long tookNs = block.t(i) - queue.beganNs(place);
        if (place >= queue.channels) {
            violated(
                    block,
                    i,
                    () ->
                            "request %d completes, but %d older ones fill the %d channels"
                                    .formatted(request, place, queue.channels));
        } else if (queue.serviceNs > 0 && tookNs != queue.serviceNs) {
            violated(
                    block,
                    i,
                    () ->
                            "request %d is in service for %d ns, not %d"
                                    .formatted(request, tookNs, queue.serviceNs));
        }
        queue.complete(place, block.t(i));
    }

    private Queue queueOf(World world, long device) {
        long row = rowOf.get(device);
        if (row == LongMap.MISSING) {
            row = rowOf.size();
            rowOf.put(device, row);
            queues = Arrays.copyOf(queues, (int) row + 1);
            queues[(int) row] =
                    new Queue(
                            (int) world.setting().facts().getLong("channels." + device, 0),
                            world.setting().facts().getLong("service_ns." + device, 0));
        }
        return queues[(int) row];
    }

    /// Requests at a device, the oldest first: first those in service, then those that wait.
    private static final class Queue {
        private final int channels;
        private final long serviceNs;
        private long[] requests = new long[16];
        private long[] sinceNs = new long[16]; // of service, once it has begun
        private int count;

        Queue(int channels, long serviceNs) {
            this.channels = channels;
            this.serviceNs = serviceNs;
        }

        void submit(long request, long nowNs) {
            requests = Rows.holding(requests, count, 0);
            sinceNs = Rows.holding(sinceNs, count, 0);
            requests[count] = request;
            sinceNs[count++] = nowNs;
        }

        int placeOf(long request) {
            for (int place = 0; place < count; place++) {
                if (requests[place] == request) {
                    return place;
                }
            }
            return -1;
        }

        long beganNs(int place) {
            return sinceNs[place];
        }

        /// The oldest that waits takes the channel.
        void complete(int place, long nowNs) {
            if (count > channels) {
                sinceNs[channels] = nowNs;
            }
            count--;
            System.arraycopy(requests, place + 1, requests, place, count - place);
            System.arraycopy(sinceNs, place + 1, sinceNs, place, count - place);
        }
    }
}
