package io.iowait.device;

import io.iowait.io.Files;
import io.iowait.io.OpenFile;
import io.iowait.kernel.Defect;
import io.iowait.kernel.Kernel;
import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TaskState;
import java.util.Arrays;

/// The interrupt-driven driver of a [ServiceModel].
///
/// A channel to the device is an open file: `submit` starts a request on it, `read` takes its
/// result and waits for it if need be. At the end of the service the device raises an interrupt on
/// the CPU that submitted; the handler makes the file readable.
public final class ServiceDriver {
    private final Kernel kernel;
    private final Files files;
    private final ServiceModel model;
    private final int device;
    private final int sleepState;
    private final int onComplete;
    private final int onInterrupt;
    private Channel[] requests = new Channel[16];
    private int[] freeRequests = new int[16];
    private int freeCount;
    private int requestCount;
    private long submitted;
    private long completed;

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

    /// Opens a channel; `entity` keys its service times.
    public Channel open(long entity) {
        Channel channel = new Channel(this, entity);
        files.open(channel);
        return channel;
    }

    public ServiceModel model() {
        return model;
    }

    private long submit(Channel channel, int task, int cpu, long nowNs) {
        int request = take(channel);
        channel.cpu = cpu;
        channel.name = submitted++;
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
        if (model.accept(request)) {
            begin(request, nowNs);
        }
        return 0;
    }

    private void begin(int request, long nowNs) {
        Channel channel = requests[request];
        long ns = model.serviceNs(kernel.draws(), channel.entity, channel.served++);
        channel.event = kernel.allotEvent(onComplete, request);
        kernel.armEvent(channel.event, nowNs + ns);
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
        if (next >= 0) {
            begin(next, nowNs);
        }
        kernel.raise(channel.cpu, onInterrupt, request);
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
        freeRequests = room(freeRequests, freeCount);
        freeRequests[freeCount++] = request;
        channel.inFlight--;
        channel.ready++;
        channel.tellReadable(channel.cause == Block.NO_CAUSE ? cause : channel.cause);
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
        private int cpu;
        private int event;
        private int inFlight;
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
                return io.iowait.kernel.Errno.EAGAIN;
            }
            return driver.submit(this, task, cpu, nowNs);
        }

        @Override
        protected long read(int task, int cpu, long count, long nowNs) {
            if (ready == 0) {
                return WOULD_BLOCK;
            }
            ready--;
            driver.kernel
                    .tracer()
                    .emit(Kind.REQUEST_DELIVER, nowNs, cpu, task, name, driver.device, cause);
            return count;
        }

        @Override
        protected int sleepState() {
            return driver.sleepState;
        }

        private void tellReadable(long because) {
            becomeReadable(because);
        }
    }
}
