package io.iowait.scenario;

import static io.iowait.program.Dsl.ask;
import static io.iowait.program.Dsl.bin;
import static io.iowait.program.Dsl.compute;
import static io.iowait.program.Dsl.loopWhile;
import static io.iowait.program.Dsl.lt;
import static io.iowait.program.Dsl.num;
import static io.iowait.program.Dsl.set;
import static io.iowait.program.Dsl.sub;
import static io.iowait.program.Dsl.var;
import static io.iowait.program.Dsl.when;

import io.iowait.kernel.Defect;
import io.iowait.kernel.TaskSpec;
import io.iowait.program.Asks;
import io.iowait.program.Code;
import io.iowait.program.Op;
import io.iowait.program.Program;
import io.iowait.sched.policy.MlfqPolicy;
import io.iowait.tracepoint.Tracer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// Multi-level feedback: jobs that compute and wait for devices, every tick told.
final class OstepMlfq implements TextbookSuite {
    private static final long TICK_NS = TextbookMachine.TICK_NS;

    @Override
    public TextbookMachine build(JsonNode json, Tracer tracer, Set<Defect> defects) {
        JsonNode params = json.path("params");
        List<MlfqPolicy.Level> levels = new ArrayList<>();
        for (JsonNode level : params.path("queues")) {
            levels.add(
                    new MlfqPolicy.Level(
                            level.path("quantum").asLong() * TICK_NS,
                            level.path("allotment").asInt()));
        }
        MlfqPolicy policy =
                new MlfqPolicy(
                        new MlfqPolicy.Options(
                                levels,
                                params.path("boost").asLong() * TICK_NS,
                                params.path("stay_after_io").asBoolean(),
                                params.path("io_bump").asBoolean()));
        TextbookMachine machine = new TextbookMachine(policy, code(), tracer, defects);
        for (JsonNode job : json.path("workload").path("jobs")) {
            long runNs = job.path("run").asLong() * TICK_NS;
            long ioEveryNs = job.path("io_every").asLong() * TICK_NS;
            machine.job(
                    TaskSpec.of("job-" + job.path("id").asInt(), 0),
                    job.path("start").asLong() * TICK_NS,
                    runNs,
                    ioEveryNs == 0 ? runNs : ioEveryNs,
                    params.path("io_time").asLong() * TICK_NS);
        }
        return machine;
    }

    private static Code code() {
        return Program.named("ostep-mlfq")
                .function(
                        "job",
                        List.of("leftNs", "ioEveryNs", "ioNs"),
                        List.of(
                                loopWhile(
                                        lt(num(0), var("leftNs")),
                                        set(
                                                "burstNs",
                                                bin(Op.MIN, var("leftNs"), var("ioEveryNs"))),
                                        compute(var("burstNs")),
                                        set("leftNs", sub(var("leftNs"), var("burstNs"))),
                                        when(
                                                lt(num(0), var("leftNs")),
                                                ask(Asks.SLEEP, var("ioNs"))))))
                .main("job")
                .compile();
    }

    @Override
    public List<String> answer(JsonNode json, TextbookMachine machine) {
        return new Watch(json, machine).lines();
    }

    /// Looks at the machine at the end of every tick, and tells what must have happened in between.
    private static final class Watch {
        private final JsonNode json;
        private final TextbookMachine machine;
        private final MlfqPolicy policy;
        private final long boostNs;
        private final List<String> lines = new ArrayList<>();
        private final StringBuilder[] states;
        private final long[] start;
        private final long[] left;
        private final long[] response;
        private final long[] turnaround;
        private final int[] waits;
        private int ran = -1;
        private int cpuBusy;
        private int ioBusy;

        Watch(JsonNode json, TextbookMachine machine) {
            this.json = json;
            this.machine = machine;
            this.policy = (MlfqPolicy) machine.policy();
            this.boostNs = json.path("params").path("boost").asLong() * TICK_NS;
            int jobs = machine.jobs();
            states = new StringBuilder[jobs];
            start = new long[jobs];
            left = new long[jobs];
            response = new long[jobs];
            turnaround = new long[jobs];
            waits = new int[jobs];
            Arrays.fill(response, -1);
            for (int job = 0; job < jobs; job++) {
                states[job] = new StringBuilder();
                JsonNode spec = json.path("workload").path("jobs").get(job);
                start[job] = spec.path("start").asLong();
                left[job] = spec.path("run").asLong();
            }
        }

        List<String> lines() {
            long t = 0;
            while (machine.runUntil((t + 1) * TICK_NS - 1)) {
                tick(t++);
            }
            ended(t);
            lines.add("end " + t);
            double response = 0;
            double turnaround = 0;
            for (int job = 0; job < machine.jobs(); job++) {
                lines.add("states of job " + job + ": " + states[job]);
                long first = this.response[job] - start[job];
                long whole = this.turnaround[job] - start[job];
                lines.add(jobLine(job, first, whole));
                response += (double) first / machine.jobs();
                turnaround += (double) whole / machine.jobs();
            }
            lines.add(averageLine(response, turnaround, json.path("expected").path("average")));
            lines.add(busyLine(cpuBusy, t - cpuBusy, ioBusy));
            return lines;
        }

        /// What happened at time t, and in the tick that began with it.
        private void tick(long t) {
            ended(t);
            if (boostNs > 0 && t > 0 && t * TICK_NS % boostNs == 0) {
                lines.add(t + " boost");
            }
            came(t);
            boolean blocked = false;
            for (int job = 0; job < machine.jobs(); job++) {
                char letter = machine.letter(job);
                states[job].append(letter);
                blocked |= letter == 'B';
                waits[job] = machine.waits(job);
            }
            ioBusy += blocked ? 1 : 0;
            ran = machine.running();
            if (ran < 0) {
                lines.add(t + " idle");
                return;
            }
            cpuBusy++;
            left[ran]--;
            response[ran] = response[ran] < 0 ? t : response[ran];
            JsonNode queue = json.path("params").path("queues").get(policy.level(ran));
            lines.add(
                    "%d run %d %d %d %d %d"
                            .formatted(
                                    t,
                                    ran,
                                    queue.path("level").asInt(),
                                    policy.leftNs(ran, (t + 1) * TICK_NS) / TICK_NS,
                                    policy.quantaLeft(ran),
                                    left[ran]));
        }

        /// The end of the job that ran in the tick before, or its I/O.
        private void ended(long t) {
            if (ran < 0) {
                return;
            }
            if (machine.letter(ran) == 'D') {
                turnaround[ran] = t;
                lines.add(t + " finish " + ran);
            } else if (machine.waits(ran) > waits[ran]) {
                lines.add(t + " io_start " + ran);
            }
        }

        /// Arrivals, then the one I/O that may have ended.
        private void came(long t) {
            for (int job = 0; job < machine.jobs(); job++) {
                boolean wasNew = t == 0 || last(job) == 'N';
                if (wasNew && machine.letter(job) != 'N') {
                    lines.add(t + " begin " + job);
                }
            }
            for (int job = 0; job < machine.jobs(); job++) {
                boolean slept = t > 0 && last(job) == 'B';
                boolean left = job == ran && machine.waits(job) > waits[job];
                char now = machine.letter(job);
                if (slept && now != 'B' || left && (now == 'r' || now == 'R')) {
                    lines.add(t + " io_done " + job);
                }
            }
        }

        private char last(int job) {
            return states[job].charAt(states[job].length() - 1);
        }
    }

    private static String jobLine(int job, long response, long turnaround) {
        return "job %d: response %d turnaround %d".formatted(job, response, turnaround);
    }

    private static String averageLine(double response, double turnaround, JsonNode printed) {
        return "average: response %s turnaround %s"
                .formatted(
                        TextbookSuite.average(response, printed.path("response").asDouble()),
                        TextbookSuite.average(turnaround, printed.path("turnaround").asDouble()));
    }

    private static String busyLine(long busy, long idle, long io) {
        return "cpu busy %d idle %d, io busy %d".formatted(busy, idle, io);
    }

    @Override
    public List<String> expected(JsonNode json) {
        JsonNode expected = json.path("expected");
        List<String> lines = new ArrayList<>();
        for (JsonNode event : expected.path("events")) {
            StringBuilder line = new StringBuilder();
            event.forEach(word -> line.append(line.isEmpty() ? "" : " ").append(word.asString()));
            lines.add(line.toString());
        }
        lines.add("end " + expected.path("end").asLong());
        int job = 0;
        for (JsonNode state : expected.path("states")) {
            lines.add("states of job " + job + ": " + state.asString());
            JsonNode figures = expected.path("jobs").get(job);
            lines.add(
                    jobLine(
                            job++,
                            figures.path("response").asLong(),
                            figures.path("turnaround").asLong()));
        }
        JsonNode average = expected.path("average");
        lines.add(
                averageLine(
                        average.path("response").asDouble(),
                        average.path("turnaround").asDouble(),
                        average));
        lines.add(
                busyLine(
                        expected.path("cpu_busy").asLong(),
                        expected.path("cpu_idle").asLong(),
                        expected.path("io_busy").asLong()));
        return lines;
    }
}
