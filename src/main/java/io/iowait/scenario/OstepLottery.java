package io.iowait.scenario;

import static io.iowait.program.Dsl.compute;
import static io.iowait.program.Dsl.num;
import static io.iowait.program.Dsl.repeat;
import static io.iowait.program.Dsl.var;

import io.iowait.kernel.Defect;
import io.iowait.kernel.TaskSpec;
import io.iowait.program.Program;
import io.iowait.sched.policy.LotteryPolicy;
import io.iowait.tracepoint.Tracer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/// Lottery: jobs that only compute, whole quanta each, and the random numbers that were drawn.
final class OstepLottery implements TextbookSuite {
    @Override
    public TextbookMachine build(JsonNode json, Tracer tracer, Set<Defect> defects) {
        long quantum = json.path("params").path("quantum").asLong();
        long quantumNs = quantum * TextbookMachine.TICK_NS;
        long[] draws =
                StreamSupport.stream(json.path("workload").path("draws").spliterator(), false)
                        .mapToLong(JsonNode::asLong)
                        .toArray();
        TextbookMachine machine =
                new TextbookMachine(
                        LotteryPolicy.fromTable(quantumNs, draws),
                        Program.named("ostep-lottery")
                                .function(
                                        "job",
                                        List.of("quanta"),
                                        List.of(repeat(var("quanta"), compute(num(quantumNs)))))
                                .main("job")
                                .compile(),
                        tracer,
                        defects);
        for (JsonNode job : json.path("workload").path("jobs")) {
            machine.job(
                    TaskSpec.of("job-" + job.path("id").asInt(), 0)
                            .with(LotteryPolicy.TICKETS, job.path("tickets").asLong()),
                    job.path("arrival").asLong() * TextbookMachine.TICK_NS,
                    Math.ceilDiv(job.path("run").asLong(), quantum));
        }
        return machine;
    }

    @Override
    public List<String> answer(JsonNode json, TextbookMachine machine) {
        long quantum = json.path("params").path("quantum").asLong();
        LotteryPolicy policy = (LotteryPolicy) machine.policy();
        List<String> lines = new ArrayList<>();
        long[] response = new long[machine.jobs()];
        long[] end = new long[machine.jobs()];
        Arrays.fill(response, -1);
        long t = 0;
        while (machine.runUntil((t + quantum) * TextbookMachine.TICK_NS - 1)) {
            int job = machine.running();
            lines.add(drawLine(t, policy.winner(), policy.total(), job));
            if (job >= 0) {
                response[job] = response[job] < 0 ? t : response[job];
                end[job] = t + quantum;
            }
            t += quantum;
        }
        for (int job = 0; job < machine.jobs(); job++) {
            lines.add(jobLine(job, response[job], end[job]));
        }
        lines.add("end " + t);
        return lines;
    }

    private static String drawLine(long start, long ticket, long total, int job) {
        return "draw %d: ticket %d of %d, job %d".formatted(start, ticket, total, job);
    }

    private static String jobLine(int job, long response, long turnaround) {
        return "job %d: response %d turnaround %d".formatted(job, response, turnaround);
    }

    @Override
    public List<String> expected(JsonNode json) {
        JsonNode expected = json.path("expected");
        List<String> lines = new ArrayList<>();
        for (JsonNode draw : expected.path("draws")) {
            lines.add(
                    drawLine(
                            draw.get(0).asLong(),
                            draw.get(1).asLong(),
                            draw.get(2).asLong(),
                            draw.get(3).asInt()));
        }
        for (JsonNode job : expected.path("jobs")) {
            lines.add(
                    jobLine(
                            job.path("id").asInt(),
                            job.path("response").asLong(),
                            job.path("turnaround").asLong()));
        }
        lines.add("end " + expected.path("end").asLong());
        return lines;
    }
}
