package io.iowait.calibrate;

import io.iowait.engine.Time;
import io.iowait.io.Pipe;
import io.iowait.kernel.Body;
import io.iowait.kernel.Cost;
import io.iowait.kernel.CostProfile;
import io.iowait.kernel.KernelSpec;
import io.iowait.kernel.Outcome;
import io.iowait.kernel.Registers;
import io.iowait.kernel.Sys;
import io.iowait.kernel.TaskSpec;
import io.iowait.machine.Machine;
import io.iowait.machine.Policies;
import io.iowait.machine.Profiles;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TraceConsumer;
import io.iowait.tracepoint.Tracer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/*
 * Two threads, or two processes, of one CPU hand each other the turn: through a pair of pipes, by a
 * futex, or by yielding. In each turn a side passes once over a working set of its own. What a
 * switch costs is the time of all of it by the number of switches, less one pass over a working set
 * that is in the caches.
 */
/// The micro-benchmark of switches of the recorded machine, emulated.
///
/// Source: `hostcost.c` of the recordings (`pp`).
public final class SwitchBench {
    private static final String PROFILE = "linux-6.18-vm";
    private static final int TURNS = 10_000;

    /// What fair threads of the recorded machine have.
    private static final String POLICY = "eevdf";

    private static final int SLICE_NS = 700_000;

    /// `sched_switch`.
    private static final int EVENTS_OF_SWITCH = 1;

    /// `sched_waking` and `sched_wakeup`.
    private static final int EVENTS_OF_WAKE = 2;

    /// Of the recorded ping-pong (medians of eight runs of 100 ms): every other switch preempts.
    private static final double WAKES_OF_PINGPONG = 42_636;

    private static final double SWITCHES_OF_PINGPONG = 75_799;

    /// Waking nobody is a system call and so much: 108.5 ns beside 87.4 of the shortest call.
    private static final int WAKE_NOBODY_NS = 21;

    private static final int KIB = 1024;

    private SwitchBench() {}

    private enum Way {
        PIPE,
        FUTEX,
        YIELD,

        /// One side, which only passes over its working set.
        NONE;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private enum WorkingSet {
        NONE("0", 0),
        SMALL("64K", 64 * KIB),
        LARGE("1M", 1024 * KIB);

        private final String word;
        private final int bytes;

        WorkingSet(String word, int bytes) {
            this.word = word;
            this.bytes = bytes;
        }
    }

    /// What a switch costs, as recorded and as emulated.
    ///
    /// @param workingSetBytes what each side passes over in its turn
    /// @param sharedCalls calls a switch for a futex that processes share
    public record Figure(
            String name,
            double recordedNs,
            double emulatedNs,
            long workingSetBytes,
            double sharedCalls) {
        /// As a share of what was recorded.
        public double error() {
            return emulatedNs / recordedNs - 1;
        }

        public String line() {
            return String.format(
                    Locale.ROOT,
                    "%-34s %9.1f %9.1f %+7.1f %%",
                    name,
                    recordedNs,
                    emulatedNs,
                    100 * error());
        }
    }

    /// Virtual time and calls by what was counted: switches, or passes of a side that is alone.
    private record Each(double ns, double calls) {}

    /// All figures, on the recorded machine.
    ///
    /// @param machine constants of the recorded machine
    public static List<Figure> over(Path machine) throws IOException {
        return over(machine, Profiles.byName(PROFILE));
    }

    /// The same, where nothing gets cold and a shared futex costs what another does.
    ///
    /// @param prices of the hot kernel
    static List<Figure> bare(Path machine, HotPrices prices) throws IOException {
        CostProfile profile = prices.in(Profiles.byName(PROFILE));
        return over(
                machine,
                profile.change("bare")
                        .constant("near_refill_ns_per_mib", 0)
                        .constant("refill_ns_per_kib", 0)
                        .build()
                        .less(Cost.FUTEX_SHARED, sharedNs(profile)));
    }

    /// What finding a shared futex costs, in ns.
    static long sharedNs(CostProfile profile) {
        return profile.medianNs(Cost.FUTEX_SHARED) - profile.medianNs(Cost.FUTEX);
    }

    private static List<Figure> over(Path machine, CostProfile traced) throws IOException {
        JsonNode recorded = Fit.read(machine);
        JsonNode costs = recorded.path("costs");
        CostProfile profile = untraced(traced, recorded.path("costs_traced"));
        List<Figure> figures = new ArrayList<>();
        Map<WorkingSet, Double> aloneNs = new EnumMap<>(WorkingSet.class);
        for (WorkingSet set : WorkingSet.values()) {
            aloneNs.put(
                    set,
                    set.bytes == 0
                            ? 0
                            : each(profile, Way.NONE, false, set, passNs(costs, set)).ns);
        }
        for (Way way : List.of(Way.PIPE, Way.FUTEX, Way.YIELD)) {
            for (boolean isProcess : new boolean[] {false, true}) {
                for (WorkingSet set : WorkingSet.values()) {
                    String name =
                            "switch_%s_%s_ws%s_ns"
                                    .formatted(
                                            way.word(), isProcess ? "process" : "thread", set.word);
                    Each each = each(profile, way, isProcess, set, passNs(costs, set));
                    figures.add(
                            new Figure(
                                    name,
                                    recordedNs(costs, name, machine),
                                    each.ns - aloneNs.getOrDefault(set, 0.0),
                                    set.bytes,
                                    way == Way.FUTEX ? each.calls : 0));
                }
            }
        }
        return figures;
    }

    private static double recordedNs(JsonNode costs, String name, Path machine) {
        if (!costs.path(name).isNumber()) {
            throw new IllegalArgumentException(
                    "%s: found no number \"%s\", expected one among \"costs\""
                            .formatted(machine, name));
        }
        return costs.path(name).asDouble();
    }

    private static long passNs(JsonNode costs, WorkingSet set) {
        return Math.round(costs.path("touch_" + set.word + "_cached_ns").asDouble());
    }

    /// The profile's prices of switches and wake-ups were taken from traces and include tracing;
    /// the benchmark ran without it. A ping-pong that was recorded both ways tells what an event
    /// costs: a round trip has two switches.
    private static CostProfile untraced(CostProfile profile, JsonNode traced) {
        double switchNs =
                (traced.path("pipe_pingpong_round_trip_ns_tracing_on").asDouble()
                                - traced.path("pipe_pingpong_round_trip_ns_tracing_off").asDouble())
                        / 2;
        double events =
                EVENTS_OF_SWITCH + EVENTS_OF_WAKE * WAKES_OF_PINGPONG / SWITCHES_OF_PINGPONG;
        long eventNs = Math.round(switchNs / events);
        return profile.less(Cost.SWITCH_IN, EVENTS_OF_SWITCH * eventNs)
                .less(Cost.WAKE, EVENTS_OF_WAKE * eventNs);
    }

    /// @param passNs one pass over a working set, with nobody else on the CPU
    private static Each each(
            CostProfile profile, Way way, boolean isProcess, WorkingSet set, long passNs) {
        long[] switches = new long[1];
        long[] calls = new long[1];
        TraceConsumer counter =
                block -> {
                    for (int i = 0; i < block.count(); i++) {
                        boolean both = block.task(i) >= 0 && block.a(i) >= 0;
                        switches[0] += block.kind(i) == Kind.SCHED_SWITCH && both ? 1 : 0;
                        calls[0] += block.kind(i) == Kind.SYS_ENTER ? 1 : 0;
                    }
                };
        KernelSpec spec =
                KernelSpec.of(1, profile, 1, List.of(Policies.byName(POLICY, SLICE_NS, true)));
        Machine machine = new Machine(spec, new Tracer(List.of(counter)));
        Sides sides = new Sides(way, machine, passNs, WAKE_NOBODY_NS + sharedNs(profile));
        TaskSpec side = TaskSpec.of("side", 0).withWorkingSet(set.bytes);
        sides.add(side);
        if (way != Way.NONE) {
            sides.add(isProcess ? side.withAddressSpace(1) : side);
        }
        machine.begin(Facts.builder());
        Outcome outcome = machine.run(Time.NEVER);
        machine.end();
        if (outcome != Outcome.FINISHED) {
            throw new IllegalStateException("the benchmark must end: outcome=" + outcome);
        }
        double counted = way == Way.NONE ? TURNS : switches[0];
        return new Each(machine.kernel().nowNs() / counted, calls[0] / counted);
    }

    /// Both sides of the benchmark, each at some step of its turn.
    private static final class Sides implements Body {
        private final Way way;
        private final Machine machine;
        private final long passNs;
        private final long wakeNobodyNs;
        private final int[] in = new int[2];
        private final int[] out = new int[2];
        private final int[] turns = new int[2];
        private final int[] step = new int[2];
        private final boolean[] waits = new boolean[2];
        private int turn;

        Sides(Way way, Machine machine, long passNs, long wakeNobodyNs) {
            this.way = way;
            this.machine = machine;
            this.passNs = passNs;
            this.wakeNobodyNs = wakeNobodyNs;
            machine.locks().betweenProcesses();
            if (way == Way.PIPE) {
                for (int side = 0; side < 2; side++) {
                    Pipe pipe = machine.files().openPipe();
                    out[side] = pipe.writeEnd().descriptor();
                    in[1 - side] = pipe.readEnd().descriptor();
                }
            } else {
                in[0] = machine.locks().createSemaphore("first", 0);
                in[1] = machine.locks().createSemaphore("second", 0);
            }
        }

        void add(TaskSpec spec) {
            int task = machine.kernel().create(spec, this);
            machine.atBegin(() -> machine.kernel().start(task));
        }

        @Override
        public int next(int me, long nowNs, Registers registers) {
            if (step[me] == 0) {
                if (turns[me]++ == TURNS) {
                    return registers.exit(0);
                }
                step[me] = 1;
                if (passNs > 0) {
                    return registers.compute(passNs);
                }
            }
            return switch (way) {
                case NONE -> begin(me, nowNs, registers);
                case YIELD -> {
                    step[me] = 0;
                    yield registers.syscall(Sys.SCHED_YIELD, 0, 0);
                }
                case PIPE -> pipe(me, registers);
                case FUTEX -> futex(me, registers);
            };
        }

        private int begin(int me, long nowNs, Registers registers) {
            step[me] = 0;
            return next(me, nowNs, registers);
        }

        /// The first side writes, then reads; the second reads, then writes.
        private int pipe(int me, Registers registers) {
            boolean writes = (step[me] == 1) == (me == 0);
            step[me] = step[me] == 1 ? 2 : 0;
            return writes
                    ? registers.syscall(Sys.WRITE, out[me], 1)
                    : registers.syscall(Sys.READ, in[me], 1);
        }

        /// Waits until it is this side's turn, gives it away, and wakes the other if that waits.
        private int futex(int me, Registers registers) {
            if (step[me] == 2) {
                step[me] = 0;
                return registers.compute(wakeNobodyNs);
            }
            if (turn != me) {
                waits[me] = true;
                return registers.syscall(Sys.FUTEX_WAIT, in[me], 0);
            }
            turn = 1 - me;
            if (waits[turn]) {
                waits[turn] = false;
                step[me] = 0;
                return registers.syscall(Sys.FUTEX_WAKE, in[turn], 0);
            }
            step[me] = 2;
            return registers.syscall(Sys.GETPPID, 0, 0);
        }
    }
}
