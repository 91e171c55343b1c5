package io.iowait.device;

import io.iowait.io.Files;
import io.iowait.io.OpenFile;
import io.iowait.kernel.Defect;
import io.iowait.kernel.Errno;
import io.iowait.kernel.Kernel;
import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TaskState;
import java.util.Arrays;

/// The interrupt-driven driver of a [ServiceModel] of any kind.
///
/// A channel to the device is an open file: `submit` starts a request on it, `read` takes its
/// result and waits for it if need be. With [#readsSubmit], a read of a channel without a request
/// submits one of as many bytes by itself, as a plain blocking call does. At the end of the service
/// the device raises an interrupt on the CPU that submitted; the handler makes the file readable.
public final class ServiceDriver {
    private final Kernel kernel;
    private final Files files;
    private final ServiceModel model;
    private final int device;
    private final int sleepState;
    private boolean readsSubmit;
    private long pollNs;
    private final int onComplete;
    private final int onInterrupt;
    private Channel[] requests = new Channel[16];
    private int[] freeRequests = new int[16];
    private int freeCount;
    private int requestCount;
    private long completed;

    /// A driver whose waiters sleep as the model says.
    ///
    /// @param device number of the device in traces
    public ServiceDriver(Files files, ServiceModel model, int device) {
        this(files, model, device, model.sleepState() == TaskState.DISK);
    }

    /// @param device number of the device in traces
    /// @param disk whether waiting for it is D sleep
    public ServiceDriver(Files files, ServiceModel model, int device, boolean disk) {
        this.files = files;
        this.kernel = files.kernel();
        this.model = model;
        this.device = device;
        this.sleepState = disk ? TaskState.DISK : TaskState.SLEEPING;
        this.onComplete = kernel.register((arg, cpu, nowNs, cause) -> complete(arg, nowNs));
        this.onInterrupt = kernel.register((arg, cpu, nowNs, cause) -> interrupt(arg, cause));
    }

    /// Whether a read submits by itself when there is nothing to wait for.
    public ServiceDriver readsSubmit() {
        readsSubmit = true;
        return this;
    }

    /// Opens a channel; `entity` keys its service times.
    public Channel open(long entity) {
        Channel channel = new Channel(this, entity);
        files.open(channel);
        return channel;
    }

    /// Who reads blocking looks for the completion itself for so long before it sleeps: meanwhile
    /// the device raises no interrupt. It stops as soon as others are to have its CPU. 0: never
    /// looks.
    ///
    /// Source: Linux 6.18 `net/core/dev.c` (`napi_busy_loop`, `net.core.busy_read`), `blk_mq_poll`.
    public ServiceDriver polls(long ns) {
        pollNs = ns;
        return this;
    }

    public ServiceModel model() {
        return model;
    }

    private long submit(Channel channel, int task, int cpu, long bytes, long nowNs) {
        channel.bytes = bytes;
        int request = take(channel);
        channel.cpu = cpu;
        channel.name = files.numberRequest();
        channel.cause =
                kernel.tracer()
                        .emit(
                                Kind.REQUEST_SUBMIT,
                                nowNs,
                                cpu,
                                task,
                                channel.name,
                                device,
                                Block.NO_CAUSE);
        channel.inFlight++;
        if (model.accept(request) || kernel.has(Defect.DEPTH_EXCEEDED)) {
            begin(request, nowNs);
        }
        return 0;
    }

    private void begin(int request, long nowNs) {
        Channel channel = requests[request];
        long drawnNs = model.drawNs(kernel.draws(), channel.entity, channel.served++);
        channel.event = kernel.allotEvent(onComplete, request);
        kernel.armEvent(channel.event, model.endNs(nowNs, drawnNs, channel.bytes));
    }

    /// The hardware is done.
    private void complete(int request, long nowNs) {
        Channel channel = requests[request];
        kernel.releaseEvent(channel.event);
        completed++;
        tellComplete(channel, nowNs);
        if (completed == 2 && kernel.has(Defect.DOUBLE_COMPLETION)) {
            tellComplete(channel, nowNs);
        }
        int next = model.finish();
        if (next >= 0 && !kernel.has(Defect.DEPTH_EXCEEDED)) {
            begin(next, nowNs);
        }
        if (channel.isLookedAt) {
            delivered(request);
        } else if (completed != 2 || !kernel.has(Defect.INTERRUPT_LOST)) {
            int beside = kernel.has(Defect.INTERRUPT_ELSEWHERE) ? 1 : 0;
            kernel.raise((channel.cpu + beside) % kernel.cpuCount(), onInterrupt, request);
        }
    }

    private void tellComplete(Channel channel, long nowNs) {
        channel.cause =
                kernel.tracer()
                        .emit(
                                Kind.REQUEST_COMPLETE,
                                nowNs,
                                -1,
                                -1,
                                channel.name,
                                device,
                                channel.cause);
    }

    private void interrupt(int request, long cause) {
        Channel channel = requests[request];
        delivered(request);
        channel.tellReadable(channel.cause == Block.NO_CAUSE ? cause : channel.cause);
    }

    private void delivered(int request) {
        Channel channel = requests[request];
        freeRequests = room(freeRequests, freeCount);
        freeRequests[freeCount++] = request;
        channel.inFlight--;
        channel.ready++;
    }

    private int take(Channel channel) {
        int request = freeCount > 0 ? freeRequests[--freeCount] : requestCount++;
        if (request == requests.length) {
            requests = Arrays.copyOf(requests, 2 * request);
        }
        requests[request] = channel;
        return request;
    }

    private static int[] room(int[] column, int count) {
        return count < column.length ? column : Arrays.copyOf(column, 2 * count);
    }

    /// A channel to the device: one request at a time, from its submission until it is read.
    public static final class Channel extends OpenFile {
        private final ServiceDriver driver;
        private final long entity;
        private long served;
        private long bytes;
        private int cpu;
        private int event;
        private int inFlight;

        /// Somebody looks for the completion, until this time.
        private boolean isLookedAt;

        private long looksUntilNs;
        private int ready;
        private long name;
        private long cause = Block.NO_CAUSE;

        private Channel(ServiceDriver driver, long entity) {
            super(driver.kernel);
            this.driver = driver;
            this.entity = entity;
        }

        @Override
        public boolean isReadable() {
            return ready > 0;
        }

        @Override
        protected long submit(int task, int cpu, long argument, long nowNs) {
            if (inFlight > 0 || ready > 0) {
                return Errno.EAGAIN;
            }
            return driver.submit(this, task, cpu, argument, nowNs);
        }

        @Override
        protected long read(int task, int cpu, long count, long nowNs) {
            if (inFlight > 0 && driver.kernel.has(Defect.COMPLETION_EARLY)) {
                ready++;
            }
            if (ready == 0) {
                if (driver.readsSubmit && inFlight == 0) {
                    driver.submit(this, task, cpu, count, nowNs);
                }
                return looksAgain(task, nowNs) ? POLL : WOULD_BLOCK;
            }
            isLookedAt = false;
            ready--;
            driver.kernel
                    .tracer()
                    .emit(Kind.REQUEST_DELIVER, nowNs, cpu, task, name, driver.device, cause);
            return count;
        }

        /// As a file on a disk that is simply read.
        @Override
        protected boolean isRegular() {
            return driver.readsSubmit && driver.sleepState == TaskState.DISK;
        }

        @Override
        protected int sleepState() {
            return driver.kernel.has(Defect.DISK_SLEEPS_LIGHTLY)
                    ? TaskState.SLEEPING
                    : driver.sleepState;
        }

        private boolean looksAgain(int task, long nowNs) {
            if (driver.pollNs == 0 || isNonBlocking() || inFlight == 0) {
                return false;
            }
            if (!isLookedAt) {
                isLookedAt = true;
                looksUntilNs = nowNs + driver.pollNs;
            }
            isLookedAt = nowNs < looksUntilNs && driver.kernel.mayKeepCpu(task);
            return isLookedAt;
        }

        private void tellReadable(long because) {
            becomeReadable(because);
        }
    }
}
