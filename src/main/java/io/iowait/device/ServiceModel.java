package io.iowait.device;

import io.iowait.engine.Distribution;
import io.iowait.engine.Draws;
import io.iowait.tracepoint.TaskState;
import java.util.Arrays;

/// Hardware that serves requests: so many at once, the others in a FIFO queue.
///
/// Each takes a time from a distribution, drawn by the request's own key, so that every runtime and
/// policy sees the same service for the same request. A model knows no kernel: its driver asks it
/// what starts when, and when it ends.
///
/// This one is a plain server; subclasses know more of a kind of hardware: [BlockModel],
/// [NetworkModel], [RemoteModel]. They all share the queue.
public class ServiceModel {
    /// As many channels as there are requests.
    public static final int UNBOUNDED = Integer.MAX_VALUE;

    /// Purpose of service-time draws.
    public static final int PURPOSE_SERVICE = 16;

    private final Distribution service;
    private final int channels;
    private int inService;
    private int[] queue = new int[16];
    private int first;
    private int queued;

    public ServiceModel(Distribution service, int channels) {
        if (channels < 1) {
            throw new IllegalArgumentException("channels must be positive: channels=" + channels);
        }
        this.service = service;
        this.channels = channels;
    }

    /// Takes a request; true if its service begins now, false if it waits.
    final boolean accept(int request) {
        if (inService < channels) {
            inService++;
            return true;
        }
        if (queued == queue.length) {
            int[] wider = Arrays.copyOf(queue, 2 * queued);
            for (int i = 0; i < queued; i++) {
                wider[i] = queue[first + i & queued - 1];
            }
            queue = wider;
            first = 0;
        }
        queue[first + queued++ & queue.length - 1] = request;
        return false;
    }

    /// A service has ended: the request whose service begins now, or -1.
    final int finish() {
        if (queued == 0) {
            inService--;
            return -1;
        }
        int request = queue[first];
        first = first + 1 & queue.length - 1;
        queued--;
        return request;
    }

    /// The time drawn for the k-th request of an entity.
    final long drawNs(Draws draws, long entity, long k) {
        return service.sampleNs(draws, PURPOSE_SERVICE, entity, k);
    }

    /// When a service that begins now ends, given the time drawn for it. Left out: that time later.
    ///
    /// @param bytes to be moved
    long endNs(long nowNs, long drawnNs, long bytes) {
        return nowNs + drawnNs;
    }

    /// How who waits for it sleeps: S by default, D for a disk ([TaskState]).
    int sleepState() {
        return TaskState.SLEEPING;
    }

    /// Requests in service and waiting.
    public final int inSystem() {
        return inService + queued;
    }

    public final int inService() {
        return inService;
    }
}
