package io.iowait.scenario;

import static io.iowait.program.Dsl.compute;
import static io.iowait.program.Dsl.var;

import io.iowait.kernel.Defect;
import io.iowait.kernel.Kernel;
import io.iowait.kernel.TaskSpec;
import io.iowait.program.Code;
import io.iowait.program.Program;
import io.iowait.scenario.SimsoJobs.Job;
import io.iowait.scenario.SimsoJobs.Ties;
import io.iowait.sched.policy.FifoPolicy;
import io.iowait.tracepoint.Tracer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// Periodic tasks under rate-monotonic, earliest-deadline, fixed-priority and least-laxity
/// scheduling, global or partitioned, as SimSo schedules them.
///
/// Each job is a thread that comes at its release. What is told of it is its end. Where results
/// hang on who goes first among equals, the case names rules that give them.
///
/// Source: SimSo (M. Chéramy et al., commit `ddfc1b517d35`).
final class SimsoRealtime implements TextbookSuite {
    private static final long US = 1000;

    /// Jobs are released up to so many horizons, so that the ones reported meet all they can meet.
    private static final int HORIZONS = 3;

    /// Stands in a tie rule's place where the case hangs on what the kernel costs.
    private static final String WITH_COSTS = "kernel-cost-model";

    private static final List<String> SCHEDULERS =
            List.of("RM_mono", "EDF_mono", "RM", "EDF", "FP", "G_FL", "LLF", "P_EDF", "P_RM");

    @Override
    public TextbookMachine build(JsonNode json, Tracer tracer, Set<Defect> defects) {
        List<Job> jobs = jobs(json);
        String ties =
                json.path("tie_free").asBoolean(false)
                        ? "fifo"
                        : json.path("agrees_with_ideal").path(0).asString("fifo");
        return ties.equals(WITH_COSTS)
                ? withCosts(json, jobs, tracer, defects)
                : ideal(json, jobs, ties, tracer, defects);
    }

    private static TextbookMachine ideal(
            JsonNode json, List<Job> jobs, String ties, Tracer tracer, Set<Defect> defects) {
        JsonNode params = json.path("params");
        SimsoJobs policy =
                new SimsoJobs(
                        jobs,
                        Ties.of(ties),
                        params.path("scheduler").asString("").equals("LLF"),
                        params.path("abort_on_miss").asBoolean(false));
        int cpus = params.path("cpus").asInt(1);
        TextbookMachine machine =
                new TextbookMachine(cpus, List.of(policy), code(), tracer, defects);
        JsonNode partition = json.path("workload").path("partition");
        for (Job job : jobs) {
            TaskSpec spec = TaskSpec.of("job-%d-%d".formatted(job.id(), job.k()), 0);
            JsonNode cpu = partition.path(Integer.toString(job.id()));
            machine.job(
                    cpu.isNumber() ? spec.withAffinity(1L << cpu.asInt()) : spec,
                    job.releaseNs(),
                    job.costNs());
        }
        return machine;
    }

    private static TextbookMachine withCosts(
            JsonNode json, List<Job> jobs, Tracer tracer, Set<Defect> defects) {
        JsonNode params = json.path("params");
        SimsoKernel simso =
                new SimsoKernel(
                        jobs,
                        new SimsoKernel.Costs(
                                us(params.path("context_save")),
                                us(params.path("context_load")),
                                us(params.path("sched_cost")),
                                us(params.path("activate_cost")),
                                us(params.path("terminate_cost")),
                                us(params.path("penalty_preemption"))),
                        !params.path("scheduler").asString("").endsWith("_mono"));
        TextbookMachine machine =
                new TextbookMachine(
                        1, List.of(new FifoPolicy(), simso.chosen()), code(), tracer, defects);
        Kernel kernel = machine.kernel();
        int release = kernel.register((job, cpu, nowNs, cause) -> simso.release(job, nowNs));
        for (int i = 0; i < jobs.size(); i++) {
            Job job = jobs.get(i);
            TaskSpec spec = TaskSpec.of("job-%d-%d".formatted(job.id(), job.k()), 1);
            int task = kernel.create(spec, simso.body(i));
            kernel.name(task, task, spec.name());
            int event = kernel.allotEvent(release, i);
            machine.atBegin(() -> kernel.start(task));
            machine.atBegin(() -> kernel.armEvent(event, job.releaseNs()));
        }
        int thread = kernel.create(TaskSpec.of("kernel", 0), simso);
        kernel.name(thread, thread, "kernel");
        simso.attach(kernel, thread);
        machine.atBegin(() -> kernel.start(thread));
        return machine;
    }

    private static Code code() {
        return Program.named("realtime")
                .function("job", List.of("ns"), List.of(compute(var("ns"))))
                .main("job")
                .compile();
    }

    private static List<Job> jobs(JsonNode json) {
        String scheduler = json.path("params").path("scheduler").asString("");
        if (!SCHEDULERS.contains(scheduler)) {
            throw ScenarioException.unknown("scheduler", scheduler, SCHEDULERS);
        }
        long cpus = json.path("params").path("cpus").asLong(1);
        long untilNs = HORIZONS * us(json.path("workload").path("horizon"));
        List<Job> jobs = new ArrayList<>();
        int stream = 0;
        for (JsonNode task : json.path("workload").path("tasks")) {
            long costNs = us(task.path("wcet"));
            long periodNs = us(task.path("period"));
            int k = 0;
            for (long at = us(task.path("offset")); at < untilNs; at += periodNs, k++) {
                long deadlineNs = at + us(task.path("deadline"));
                long key =
                        switch (scheduler) {
                            case "RM_mono", "RM", "P_RM" -> periodNs;
                            case "FP" -> -task.path("priority").asLong();
                            case "G_FL" -> cpus * deadlineNs - (cpus - 1) * costNs;
                            default -> deadlineNs;
                        };
                jobs.add(new Job(stream, task.path("id").asInt(), k, at, deadlineNs, costNs, key));
            }
            stream++;
        }
        return jobs;
    }

    private static long us(JsonNode value) {
        return value.asLong() * US;
    }

    @Override
    public List<String> answer(JsonNode json, TextbookMachine machine) {
        machine.advance(HORIZONS * us(json.path("workload").path("horizon")));
        JobEnds policy = (JobEnds) machine.policy();
        List<Job> jobs = jobs(json);
        Map<String, Integer> places = new LinkedHashMap<>();
        for (int i = 0; i < jobs.size(); i++) {
            places.put(jobs.get(i).id() + " " + jobs.get(i).k(), i);
        }
        List<String> lines = new ArrayList<>();
        long misses = 0;
        for (JsonNode expected : json.path("expected").path("jobs")) {
            int id = expected.path("task").asInt();
            int k = expected.path("k").asInt();
            int task = places.getOrDefault(id + " " + k, -1);
            if (task < 0) {
                lines.add("task %d job %d: not released".formatted(id, k));
                continue;
            }
            long endNs = policy.endNs(task);
            boolean missed = policy.isAborted(task) || endNs > jobs.get(task).deadlineNs();
            misses += missed ? 1 : 0;
            lines.add(
                    line(
                            id,
                            k,
                            jobs.get(task).releaseNs() / US,
                            endNs < 0 ? -1 : endNs / US,
                            missed,
                            policy.isAborted(task)));
        }
        lines.add("misses " + misses);
        return lines;
    }

    @Override
    public List<String> expected(JsonNode json) {
        List<String> lines = new ArrayList<>();
        for (JsonNode job : json.path("expected").path("jobs")) {
            lines.add(
                    line(
                            job.path("task").asInt(),
                            job.path("k").asInt(),
                            job.path("release").asLong(),
                            job.path("end").asLong(),
                            job.path("missed").asBoolean(),
                            job.path("aborted").asBoolean()));
        }
        lines.add("misses " + json.path("expected").path("misses").asLong());
        return lines;
    }

    private static String line(
            int task, int k, long release, long end, boolean missed, boolean aborted) {
        return "task %d job %d: released %d ended %d%s%s"
                .formatted(
                        task, k, release, end, missed ? " missed" : "", aborted ? " aborted" : "");
    }
}
