package io.iowait.device;

import io.iowait.io.Files;
import io.iowait.io.OpenFile;
import io.iowait.kernel.Kernel;
import java.util.ArrayList;
import java.util.List;

/// The interrupt-driven driver of character devices.
///
/// A read takes what is there and waits only if there is nothing. Whoever finds nothing, by a read
/// or by epoll, is told: at the trigger the device raises an interrupt on the last reader's CPU,
/// and the handler makes the file readable.
public final class CharacterDriver {
    private final Kernel kernel;
    private final Files files;
    private final int onTrigger;
    private final int onInterrupt;
    private final List<Stream> streams = new ArrayList<>();

    public CharacterDriver(Files files) {
        this.files = files;
        this.kernel = files.kernel();
        this.onTrigger = kernel.register((arg, cpu, nowNs, cause) -> streams.get(arg).trigger());
        this.onInterrupt =
                kernel.register((arg, cpu, nowNs, cause) -> streams.get(arg).interrupt(cause));
    }

    /// Opens a device of this kind; its bytes begin to flow at time 0.
    public Stream open(CharacterModel model) {
        Stream stream = new Stream(this, model, streams.size());
        streams.add(stream);
        files.open(stream);
        return stream;
    }

    /// An open character device.
    public static final class Stream extends OpenFile {
        private final CharacterDriver driver;
        private final CharacterModel model;
        private final int index;
        private final int event;
        private int cpu;
        private boolean armed;

        private Stream(CharacterDriver driver, CharacterModel model, int index) {
            super(driver.kernel);
            this.driver = driver;
            this.model = model;
            this.index = index;
            this.event = driver.kernel.allotEvent(driver.onTrigger, index);
        }

        /// Whether a byte is there. If not, the device will tell: who asks wants to know.
        @Override
        public boolean isReadable() {
            long nowNs = driver.kernel.nowNs();
            boolean readable = model.level(nowNs) > 0;
            if (!readable) {
                arm(nowNs);
            }
            return readable;
        }

        @Override
        protected long read(int task, int onCpu, long count, long nowNs) {
            cpu = onCpu;
            long taken = model.take(count, nowNs);
            if (taken == 0) {
                arm(nowNs);
                return count == 0 ? 0 : WOULD_BLOCK;
            }
            return taken;
        }

        private void arm(long nowNs) {
            if (!armed) {
                armed = true;
                driver.kernel.armEvent(event, model.triggerNs(nowNs));
            }
        }

        private void trigger() {
            driver.kernel.raise(cpu, driver.onInterrupt, index);
        }

        private void interrupt(long cause) {
            armed = false;
            becomeReadable(cause);
        }
    }
}
