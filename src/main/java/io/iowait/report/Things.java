package io.iowait.report;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.SortedMap;
import java.util.TreeMap;

/// The locks and devices of a trace: who holds what, and who stands in line for it.
///
/// Bears with traces that begin in the middle: what was taken or submitted before is not known.
final class Things {
    static final long KINDS =
            Kind.mask(
                    Kind.LOCK_WAIT,
                    Kind.LOCK_ACQUIRE,
                    Kind.LOCK_RELEASE,
                    Kind.REQUEST_SUBMIT,
                    Kind.REQUEST_COMPLETE,
                    Kind.REQUEST_DELIVER,
                    Kind.JOB_SUBMIT,
                    Kind.JOB_BEGIN,
                    Kind.JOB_END,
                    Kind.JOB_CANCEL);

    /// In the last word of `lock_acquire` and `lock_release`: of a semaphore.
    private static final long COUNTED = 1;

    /// From here on ids of `lock_wait` mean that a task waits for the end of another.
    private static final long JOIN = 1L << 32;

    private final SortedMap<Long, LockView> locks = new TreeMap<>();
    private final SortedMap<Long, Long> semaphores;
    private final SortedMap<Long, DeviceView> devices = new TreeMap<>();
    private final SortedMap<Long, PoolView> pools = new TreeMap<>();

    /// @param semaphores their first values, by id
    Things(SortedMap<Long, Long> semaphores) {
        this.semaphores = semaphores;
    }

    /// What is known of a mutex.
    static final class LockView {
        int owner = Scene.NONE;

        /// Since when it is held, or NONE where the trace does not tell.
        long sinceNs = Scene.NONE;

        /// Those who want it, first in line first; one that was woken competes once more.
        final SequencedSet<Integer> waiters = new LinkedHashSet<>();
    }

    /// A request to a device.
    ///
    /// @param task that submitted it
    record Request(long id, int task, long submittedNs) {}

    /// What is known of a device.
    static final class DeviceView {
        /// Submitted and not complete, in the order of their submission.
        final Map<Long, Request> inFlight = new LinkedHashMap<>();

        /// Complete, and nobody has taken the result.
        final Map<Long, Request> done = new LinkedHashMap<>();
    }

    /// What is known of a pool of workers, by the task of its first one.
    static final class PoolView {
        final SequencedSet<Long> queued = new LinkedHashSet<>();

        /// Jobs in progress, with their workers.
        final Map<Long, Integer> running = new LinkedHashMap<>();
    }

    /// The values of the semaphores.
    SortedMap<Long, Long> semaphores() {
        return semaphores;
    }

    SortedMap<Long, PoolView> pools() {
        return pools;
    }

    SortedMap<Long, LockView> locks() {
        return locks;
    }

    SortedMap<Long, DeviceView> devices() {
        return devices;
    }

    /// Whether an id of `lock_wait` is no lock but the end of a task.
    static boolean isJoin(long lock) {
        return lock >= JOIN;
    }

    /// The request of a task that is in flight, with its device.
    Optional<Map.Entry<Long, Request>> requestOf(int task) {
        for (Map.Entry<Long, DeviceView> device : devices.entrySet()) {
            for (Request request : device.getValue().inFlight.values()) {
                if (request.task == task) {
                    return Optional.of(Map.entry(device.getKey(), request));
                }
            }
        }
        return Optional.empty();
    }

    /// The requests in service at a device that serves `channels` at once, the oldest ones; all of
    /// them where that is not known (0).
    static List<Request> inService(DeviceView device, long channels) {
        List<Request> all = new ArrayList<>(device.inFlight.values());
        return channels <= 0 || channels >= all.size() ? all : all.subList(0, (int) channels);
    }

    /// The requests that wait for their turn there.
    static List<Request> queued(DeviceView device, long channels) {
        List<Request> all = new ArrayList<>(device.inFlight.values());
        return all.subList(inService(device, channels).size(), all.size());
    }

    /// Takes in one record.
    void apply(Block block, int i) {
        long id = block.a(i);
        switch (block.kind(i)) {
            case Kind.LOCK_WAIT -> {
                if (!isJoin(id)) {
                    SequencedSet<Integer> waiters = lock(id).waiters;
                    waiters.remove(block.task(i));
                    waiters.add(block.task(i));
                    learn(lock(id), (int) block.b(i));
                }
            }
            case Kind.LOCK_ACQUIRE -> {
                if (block.b(i) == COUNTED) {
                    semaphores.computeIfPresent(id, (key, value) -> value - 1);
                    return;
                }
                LockView lock = lock(id);
                lock.waiters.remove(block.task(i));
                lock.owner = block.task(i);
                lock.sinceNs = block.t(i);
            }
            case Kind.LOCK_RELEASE -> {
                if (block.b(i) == COUNTED) {
                    semaphores.computeIfPresent(id, (key, value) -> value + 1);
                } else {
                    lock(id).owner = Scene.NONE;
                }
            }
            case Kind.JOB_SUBMIT -> pool(block.b(i)).queued.add(id);
            case Kind.JOB_BEGIN -> {
                pool(block.b(i)).queued.remove(id);
                pool(block.b(i)).running.put(id, block.task(i));
            }
            case Kind.JOB_END -> pool(block.b(i)).running.remove(id);
            case Kind.JOB_CANCEL -> pool(block.b(i)).queued.remove(id);
            case Kind.REQUEST_SUBMIT ->
                    device(block.b(i)).inFlight.put(id, new Request(id, block.task(i), block.t(i)));
            case Kind.REQUEST_COMPLETE -> {
                DeviceView device = device(block.b(i));
                Request request = device.inFlight.remove(id);
                if (request != null) {
                    device.done.put(id, request);
                }
            }
            case Kind.REQUEST_DELIVER -> device(block.b(i)).done.remove(id);
            default -> {
                // other kinds may lie in the block
            }
        }
    }

    /// Who waits says who holds: in a trace that begins in the middle, the only one to say so.
    private static void learn(LockView lock, int holder) {
        if (lock.owner != holder) {
            lock.owner = holder;
            lock.sinceNs = Scene.NONE;
        }
    }

    private LockView lock(long id) {
        return locks.computeIfAbsent(id, unused -> new LockView());
    }

    private PoolView pool(long id) {
        return pools.computeIfAbsent(id, unused -> new PoolView());
    }

    private DeviceView device(long id) {
        return devices.computeIfAbsent(id, unused -> new DeviceView());
    }
}
