package io.iowait.scenario;

import static io.iowait.program.Dsl.compute;
import static io.iowait.program.Dsl.log;
import static io.iowait.program.Dsl.var;

import io.iowait.engine.Time;
import io.iowait.kernel.Kernel;
import io.iowait.kernel.TaskSpec;
import io.iowait.machine.Machine;
import io.iowait.machine.Policies;
import io.iowait.program.Program;
import io.iowait.runtime.ThreadRuntime;
import io.iowait.sched.policy.LotteryPolicy;
import io.iowait.tracepoint.Tracer;
import java.util.List;
import java.util.Optional;

/// The textbook's picture: jobs A, B, C, .. that only compute, each with an arrival and a length.
///
/// An arrival comes from outside and needs no CPU.
final class JobsForm extends Form {
    private static final int PRIORITY_MAX = 99;
    private static final int TICKETS_MAX = 1_000_000;

    JobsForm() {
        super(
                "jobs",
                List.of(
                        new Key("work", new Domain.Times(), "10ms,4ms,7ms", "lengths of the jobs"),
                        new Key("arrive", new Domain.Times(), "0ns", "arrivals; the last repeats"),
                        new Key(
                                "priority",
                                new Domain.Counts(0, PRIORITY_MAX),
                                "0",
                                "larger is more urgent; the last repeats (policy=priority)"),
                        new Key(
                                        "nice",
                                        new Domain.Numbers(-20, 19),
                                        "0",
                                        "weights as of Linux; the last repeats (policy=fair)")
                                .quiet(),
                        new Key(
                                        "tickets",
                                        new Domain.Counts(1, TICKETS_MAX),
                                        "1",
                                        "shares; the last repeats (policy=lottery, fair)")
                                .quiet()),
                "slice=2ms");
    }

    @Override
    Scenario.Run build(Scenario scenario, Settings settings, Tracer tracer) {
        List<Long> work = settings.timesNs("work");
        List<Long> arrive = settings.timesNs("arrive");
        List<Integer> priority = settings.counts("priority");
        requireNoMore("arrive", arrive.size(), work.size());
        requireNoMore("priority", priority.size(), work.size());
        for (String key : List.of("nice", "tickets")) {
            requireNoMore(key, settings.list(key).size(), work.size());
        }
        Machine machine = machine(settings, work.size(), tracer);
        Kernel kernel = machine.kernel();
        Log log = new Log(machine.kernel());
        ThreadRuntime threads =
                new ThreadRuntime(
                        machine.files(),
                        machine.locks(),
                        Program.named("jobs")
                                .function(
                                        "job",
                                        List.of("work"),
                                        List.of(compute(var("work")), log("done")))
                                .main("job")
                                .compile(),
                        log);
        int arrival = kernel.register((task, cpu, nowNs, cause) -> kernel.start(task));
        for (int i = 0; i < work.size(); i++) {
            TaskSpec spec =
                    shares(settings, i, TaskSpec.of(nameOf(i), MachineKeys.ordinary(settings)));
            spec = spec.withPriority(priority.get(Math.min(i, priority.size() - 1)));
            int job = threads.create(spec, threads.function("job"), work.get(i));
            kernel.name(job, job, nameOf(i));
            long atNs = arrive.get(Math.min(i, arrive.size() - 1));
            if (atNs == 0) {
                machine.atBegin(() -> kernel.start(job));
            } else {
                kernel.armEvent(kernel.allotEvent(arrival, job), atNs);
            }
        }
        return new Scenario.Run(scenario, machine, 0, Time.NEVER, log);
    }

    /// Weight and tickets of a job, where the scenario says some.
    private static TaskSpec shares(Settings settings, int job, TaskSpec spec) {
        List<String> nice = settings.list("nice");
        List<String> tickets = settings.list("tickets");
        int own = Integer.parseInt(nice.get(Math.min(job, nice.size() - 1)));
        TaskSpec niced = own == 0 ? spec : spec.withNice(own);
        return tickets.equals(List.of("1"))
                ? niced
                : niced.with(
                        LotteryPolicy.TICKETS,
                        Long.parseLong(tickets.get(Math.min(job, tickets.size() - 1))));
    }

    @Override
    Optional<String> idle(Settings settings, String key) {
        if (UserPolicies.isOne(settings.word("policy"))) {
            return super.idle(settings, key);
        }
        return switch (key) {
            case "priority" -> unless(settings, "policy", "priority");
            case "nice" -> unless(settings, "policy", Policies.withWeights());
            case "tickets" -> unless(settings, "policy", "lottery", "fair");
            default -> super.idle(settings, key);
        };
    }

    private static void requireNoMore(String key, int found, int jobs) {
        if (found > jobs) {
            throw ScenarioException.value(
                    key, found + " values", "at most one for each of the " + jobs + " jobs");
        }
    }

    private static String nameOf(int job) {
        return job < 26 ? Character.toString('A' + job) : "J" + job;
    }
}
