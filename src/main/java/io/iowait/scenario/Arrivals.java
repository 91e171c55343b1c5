package io.iowait.scenario;

import io.iowait.device.ArrivalTimes;
import io.iowait.device.OpenClients;
import io.iowait.engine.Distribution;
import io.iowait.io.ListenFile;
import io.iowait.machine.Machine;
import java.util.List;
import java.util.Optional;

/// When requests come.
///
/// | `arrivals` | requests come | |
/// |---|---|---|
/// | `closed` | a while (`think`) after the client's last answer | `clients` decides the load |
/// | `constant` | one every 1 / `rate` | `clients` connections carry the stream |
/// | `poisson` | independently of each other, `rate` a second in the mean | |
/// | `bursty` | `burst` at once, bursts independently of each other | |
/// | `batch` | `burst` at once, at equal distances | |
/// | `file:PATH` | when the lines of a file say: [ArrivalList] | |
final class Arrivals {
    static final String CLOSED = "closed";
    static final List<String> WORDS = List.of(CLOSED, "constant", "poisson", "bursty", "batch");

    private static final double NS_PER_SEC = 1e9;

    private Arrivals() {}

    static boolean areOpen(Settings settings) {
        return !settings.word("arrivals").equals(CLOSED);
    }

    /// The times that a file lists, if one does.
    static Optional<ArrivalList> list(Settings settings) {
        String word = settings.word("arrivals");
        return ArrivalList.isOne(word) ? Optional.of(ArrivalList.of(word)) : Optional.empty();
    }

    /// Whether requests say what they move.
    static boolean areSized(Settings settings) {
        return list(settings).filter(list -> list.bytes().length > 0).isPresent();
    }

    /// The open stream of a scenario; its connections are not open yet.
    static OpenClients stream(Settings settings, Machine machine, Optional<ListenFile> listener) {
        return new OpenClients(machine.files(), times(settings), listener);
    }

    private static ArrivalTimes times(Settings settings) {
        Optional<ArrivalList> list = list(settings);
        if (list.isPresent()) {
            return new ArrivalTimes.Listed(list.get().atNs(), list.get().bytes());
        }
        String word = settings.word("arrivals");
        boolean atOnce = word.equals("bursty") || word.equals("batch");
        int burst = atOnce ? settings.size("burst") : 1;
        double gapNs = NS_PER_SEC * burst / settings.count("rate");
        Distribution gap =
                word.equals("constant") || word.equals("batch")
                        ? Distribution.constant(Math.round(gapNs))
                        : Distribution.exponential(gapNs);
        return new ArrivalTimes.Drawn(gap, burst);
    }
}
