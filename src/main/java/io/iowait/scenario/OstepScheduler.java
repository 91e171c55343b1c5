package io.iowait.scenario;

import static io.iowait.program.Dsl.compute;
import static io.iowait.program.Dsl.var;

import io.iowait.kernel.Defect;
import io.iowait.kernel.TaskSpec;
import io.iowait.program.Program;
import io.iowait.sched.Policy;
import io.iowait.sched.policy.FifoPolicy;
import io.iowait.sched.policy.RoundRobinPolicy;
import io.iowait.sched.policy.ShortestJobPolicy;
import io.iowait.tracepoint.Tracer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// FIFO, shortest job first and round robin: jobs that only compute, all there from the start.
///
/// Times are multiples of a quarter of a tick; so is the distance of two looks at the CPU. The
/// suite cuts the run of a job that is alone into slices, which the emulated kernel has no reason
/// to switch at: so does the reader.
final class OstepScheduler implements TextbookSuite {
    private static final long QUARTER_NS = TextbookMachine.TICK_NS / 4;

    @Override
    public TextbookMachine build(JsonNode json, Tracer tracer, Set<Defect> defects) {
        TextbookMachine machine =
                new TextbookMachine(
                        policy(json.path("params")),
                        Program.named("ostep-scheduler")
                                .function("job", List.of("ns"), List.of(compute(var("ns"))))
                                .main("job")
                                .compile(),
                        tracer,
                        defects);
        for (JsonNode job : json.path("workload").path("jobs")) {
            long ns = ns(job.path("run"));
            machine.job(
                    TaskSpec.of("job-" + job.path("id").asInt(), 0)
                            .with(ShortestJobPolicy.EXPECTED_NS, ns),
                    ns(job.path("arrival")),
                    ns);
        }
        return machine;
    }

    private static Policy policy(JsonNode params) {
        String name = params.path("policy").asString("");
        return switch (name) {
            case "FIFO" -> new FifoPolicy();
            case "SJF" -> ShortestJobPolicy.nonPreemptive();
            case "RR" -> RoundRobinPolicy.exact(ns(params.path("quantum")));
            default ->
                    throw ScenarioException.unknown("policy", name, List.of("FIFO", "SJF", "RR"));
        };
    }

    private static long ns(JsonNode ticks) {
        return Math.round(ticks.asDouble() * TextbookMachine.TICK_NS);
    }

    /// A stretch of one job on the CPU, in quarters of a tick.
    private record Slice(long start, int job, long length, boolean done) {
        String line() {
            return "slice %s: job %d runs %s%s"
                    .formatted(ticks(start), job, ticks(length), done ? ", done" : "");
        }
    }

    @Override
    public List<String> answer(JsonNode json, TextbookMachine machine) {
        JsonNode quantum = json.path("params").path("quantum");
        long most = quantum.isNumber() ? quantum.asLong() * 4 : Long.MAX_VALUE;
        List<Slice> slices = new ArrayList<>();
        int job = -1;
        long start = 0;
        long quarter = 0;
        for (boolean going = true; going; quarter++) {
            going = machine.runUntil((quarter + 1) * QUARTER_NS - 1);
            int running = going ? machine.running() : -1;
            if (running != job || quarter - start == most) {
                if (job >= 0) {
                    boolean done = machine.letter(job) == 'D';
                    slices.add(new Slice(start, job, quarter - start, done));
                }
                job = running;
                start = quarter;
            }
        }
        return lines(slices, machine.jobs(), json.path("expected").path("average"));
    }

    private static List<String> lines(List<Slice> slices, int jobs, JsonNode average) {
        List<String> lines = new ArrayList<>();
        slices.forEach(slice -> lines.add(slice.line()));
        double[] sums = new double[3];
        for (int job = 0; job < jobs; job++) {
            long response = -1;
            long end = 0;
            long wait = 0;
            for (Slice slice : slices) {
                if (slice.job == job) {
                    response = response < 0 ? slice.start : response;
                    wait += slice.start - end;
                    end = slice.start + slice.length;
                }
            }
            lines.add(jobLine(job, response, end, wait));
            sums[0] += response / 4.0 / jobs;
            sums[1] += end / 4.0 / jobs;
            sums[2] += wait / 4.0 / jobs;
        }
        Slice last = slices.getLast();
        lines.add("end " + ticks(last.start + last.length));
        lines.add(averageLine(sums[0], sums[1], sums[2], average));
        return lines;
    }

    private static String jobLine(int job, long response, long end, long wait) {
        return "job %d: response %s turnaround %s wait %s"
                .formatted(job, ticks(response), ticks(end), ticks(wait));
    }

    private static String averageLine(
            double response, double turnaround, double wait, JsonNode printed) {
        return "average: response %s turnaround %s wait %s"
                .formatted(
                        TextbookSuite.average(response, printed.path("response").asDouble()),
                        TextbookSuite.average(turnaround, printed.path("turnaround").asDouble()),
                        TextbookSuite.average(wait, printed.path("wait").asDouble()));
    }

    @Override
    public List<String> expected(JsonNode json) {
        JsonNode expected = json.path("expected");
        List<String> lines = new ArrayList<>();
        for (JsonNode slice : expected.path("slices")) {
            lines.add(
                    new Slice(
                                    quarters(slice.path("start")),
                                    slice.path("job").asInt(),
                                    quarters(slice.path("run")),
                                    slice.path("done").asBoolean())
                            .line());
        }
        for (JsonNode job : expected.path("jobs")) {
            lines.add(
                    jobLine(
                            job.path("id").asInt(),
                            quarters(job.path("response")),
                            quarters(job.path("turnaround")),
                            quarters(job.path("wait"))));
        }
        lines.add("end " + ticks(quarters(expected.path("end"))));
        JsonNode average = expected.path("average");
        lines.add(
                averageLine(
                        average.path("response").asDouble(),
                        average.path("turnaround").asDouble(),
                        average.path("wait").asDouble(),
                        average));
        return lines;
    }

    private static long quarters(JsonNode ticks) {
        return Math.round(ticks.asDouble() * 4);
    }

    private static String ticks(long quarters) {
        return Double.toString(quarters / 4.0);
    }
}
