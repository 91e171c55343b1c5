package io.iowait.scenario;

import static io.iowait.program.Dsl.add;
import static io.iowait.program.Dsl.ask;
import static io.iowait.program.Dsl.now;
import static io.iowait.program.Dsl.num;

import io.iowait.device.ServiceDriver;
import io.iowait.device.ServiceModel;
import io.iowait.engine.Distribution;
import io.iowait.machine.Machine;
import io.iowait.program.Asks;
import io.iowait.program.Expr;
import io.iowait.program.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The device of the request program: what a request does with its channel, and how to open one.
interface RequestDevice {
    /// The words of the key `device`.
    List<String> WORDS = List.of("timer", "service");

    /// Number of the device in traces.
    int NUMBER = 1;

    /// The statements of one use of the channel `dev`.
    List<Statement> operation(Expr dev);

    /// Opens a client's channel; its descriptor.
    int open(Machine machine, int client);

    static RequestDevice of(Settings settings) {
        return isTimer(settings) ? new Timer(settings.timeNs("wait")) : new Service(settings);
    }

    static boolean isTimer(Settings settings) {
        return settings.word("device").equals("timer");
    }

    /// A timer descriptor a connection, armed for the time that the device takes.
    record Timer(long waitNs) implements RequestDevice {
        @Override
        public List<Statement> operation(Expr dev) {
            return List.of(ask(Asks.ARM, dev, add(now(), num(waitNs))), ask(Asks.READ, dev));
        }

        @Override
        public int open(Machine machine, int client) {
            return machine.files().openTimer().descriptor();
        }
    }

    /// One device with a queue, shared by all.
    final class Service implements RequestDevice {
        private final Settings settings;
        private @Nullable ServiceDriver driver;

        Service(Settings settings) {
            this.settings = settings;
        }

        @Override
        public List<Statement> operation(Expr dev) {
            return List.of(ask(Asks.SUBMIT, dev), ask(Asks.READ, dev));
        }

        @Override
        public int open(Machine machine, int client) {
            ServiceDriver opened = driver;
            if (opened == null) {
                opened = new ServiceDriver(machine.files(), model(), NUMBER, true);
                driver = opened;
            }
            return opened.open(client).descriptor();
        }

        private ServiceModel model() {
            long waitNs = settings.timeNs("wait");
            boolean constant = settings.word("service").equals("constant") || waitNs == 0;
            int channels = settings.size("channels");
            return new ServiceModel(
                    constant ? Distribution.constant(waitNs) : Distribution.exponential(waitNs),
                    channels == 0 ? ServiceModel.UNBOUNDED : channels);
        }
    }
}
