package io.iowait.scenario;

import static io.iowait.program.Dsl.add;
import static io.iowait.program.Dsl.ask;
import static io.iowait.program.Dsl.askInto;
import static io.iowait.program.Dsl.loopWhile;
import static io.iowait.program.Dsl.lt;
import static io.iowait.program.Dsl.now;
import static io.iowait.program.Dsl.num;
import static io.iowait.program.Dsl.set;
import static io.iowait.program.Dsl.sub;
import static io.iowait.program.Dsl.var;

import io.iowait.device.BlockModel;
import io.iowait.device.CharacterDriver;
import io.iowait.device.CharacterModel;
import io.iowait.device.NetworkModel;
import io.iowait.device.RemoteModel;
import io.iowait.device.ServiceDriver;
import io.iowait.device.ServiceModel;
import io.iowait.engine.Distribution;
import io.iowait.machine.Machine;
import io.iowait.program.Asks;
import io.iowait.program.Expr;
import io.iowait.program.Statement;
import io.iowait.tracepoint.Facts;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The device of the request program: what a request does with its channel, and how to open one.
interface RequestDevice {
    /// The words of the key `device`.
    List<String> WORDS = List.of("timer", "service", "block", "character", "network", "remote");

    /// The devices for which it matters what a request moves.
    List<String> MOVING = List.of("block", "network", "character");

    /// The words of the key `service`.
    List<String> SPREADS = List.of("constant", "exponential", "lognormal");

    /// Spread of a log-normal service around its median.
    double SIGMA = 0.5;

    /// Number of the device in traces.
    int NUMBER = 1;

    /// The statements of one use of the channel `dev`.
    ///
    /// @param bytes what the request moves
    List<Statement> operation(Expr dev, Expr bytes);

    /// Opens a client's channel; its descriptor.
    int open(Machine machine, int client);

    static RequestDevice of(Settings settings) {
        return switch (settings.word("device")) {
            case "timer" -> new Timer(settings.timeNs("wait"));
            case "character" -> new Character(settings);
            default -> new Service(settings);
        };
    }

    /// Tells how many requests the device serves at once, and how long if that is always the same.
    static void tell(Settings settings, Facts.Builder facts) {
        facts.put("device." + NUMBER, settings.word("device"));
        switch (settings.word("device")) {
            case "block" -> facts.put("sleep." + NUMBER, "D");
            case "network", "remote" -> facts.put("sleep." + NUMBER, "S");
            default -> {
                // a timer is no device, a character device and a plain service may be either
            }
        }
        if (settings.word("device").equals("character") || settings.size("channels") == 0) {
            return;
        }
        facts.put("channels." + NUMBER, settings.size("channels"));
        boolean same = settings.word("service").equals("constant");
        if (same && settings.count("bandwidth") == 0 && settings.timeNs("wait") > 0) {
            facts.put("service_ns." + NUMBER, settings.timeNs("wait"));
        }
    }

    static boolean isTimer(Settings settings) {
        return settings.word("device").equals("timer");
    }

    /// A timer descriptor a connection, armed for the time that the device takes.
    record Timer(long waitNs) implements RequestDevice {
        @Override
        public List<Statement> operation(Expr dev, Expr bytes) {
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
        public List<Statement> operation(Expr dev, Expr bytes) {
            if (settings.word("device").equals("service")) {
                return List.of(ask(Asks.SUBMIT, dev), ask(Asks.READ, dev));
            }
            return List.of(ask(Asks.SUBMIT, dev, bytes), ask(Asks.READ, dev, bytes));
        }

        @Override
        public int open(Machine machine, int client) {
            ServiceDriver opened = driver;
            if (opened == null) {
                opened = driver(machine);
                driver = opened;
            }
            return opened.open(client).descriptor();
        }

        private ServiceDriver driver(Machine machine) {
            ServiceModel model = model();
            return settings.word("device").equals("service")
                    ? new ServiceDriver(machine.files(), model, NUMBER, true)
                    : new ServiceDriver(machine.files(), model, NUMBER);
        }

        private ServiceModel model() {
            int channels = settings.size("channels");
            int atOnce = channels == 0 ? ServiceModel.UNBOUNDED : channels;
            long bytesPerSec = settings.count("bandwidth");
            return switch (settings.word("device")) {
                case "block" -> new BlockModel(spread(), atOnce, bytesPerSec);
                case "network" -> new NetworkModel(spread(), atOnce, bytesPerSec);
                case "remote" -> new RemoteModel(spread(), atOnce);
                default -> new ServiceModel(spread(), atOnce);
            };
        }

        private Distribution spread() {
            long waitNs = settings.timeNs("wait");
            String word = waitNs == 0 ? "constant" : settings.word("service");
            return switch (word) {
                case "exponential" -> Distribution.exponential(waitNs);
                case "lognormal" -> Distribution.lognormal(waitNs, SIGMA);
                default -> Distribution.constant(waitNs);
            };
        }
    }

    /// A stream of bytes a client, of which a request reads some; they flow all the time, so that a
    /// client that thinks long finds a full buffer.
    final class Character implements RequestDevice {
        private static final long NS_PER_SEC = 1_000_000_000L;
        private static final int BUFFER_BYTES_MAX = 16;
        private static final int TRIGGER_BYTES_MAX = 8;

        private final Settings settings;
        private @Nullable CharacterDriver driver;

        Character(Settings settings) {
            this.settings = settings;
        }

        @Override
        public List<Statement> operation(Expr dev, Expr bytes) {
            return List.of(
                    set("left", bytes),
                    loopWhile(
                            lt(0, var("left")),
                            askInto("got", Asks.READ, dev, var("left")),
                            set("left", sub(var("left"), var("got")))));
        }

        @Override
        public int open(Machine machine, int client) {
            CharacterDriver opened = driver;
            if (opened == null) {
                opened = new CharacterDriver(machine.files());
                driver = opened;
            }
            int buffer = (int) Math.min(BUFFER_BYTES_MAX, Math.max(1, settings.count("bytes")));
            return opened.open(
                            new CharacterModel(
                                    nsPerByte(), buffer, Math.min(TRIGGER_BYTES_MAX, buffer)))
                    .descriptor();
        }

        /// By the bandwidth, or else so that the bytes of a request take `wait`.
        private long nsPerByte() {
            long bytesPerSec = settings.count("bandwidth");
            return Math.max(
                    1,
                    bytesPerSec > 0
                            ? NS_PER_SEC / bytesPerSec
                            : settings.timeNs("wait") / Math.max(1, settings.count("bytes")));
        }
    }
}
