package io.iowait.scenario;

import static io.iowait.program.Dsl.compute;
import static io.iowait.program.Dsl.log;
import static io.iowait.program.Dsl.var;

import io.iowait.engine.Time;
import io.iowait.kernel.Kernel;
import io.iowait.kernel.TaskSpec;
import io.iowait.machine.Machine;
import io.iowait.program.Program;
import io.iowait.runtime.ThreadRuntime;
import io.iowait.tracepoint.Tracer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The textbook's picture: jobs A, B, C, .. that only compute, each with an arrival and a length.
///
/// An arrival comes from outside and needs no CPU.
final class JobsForm extends Form {
    private static final int PRIORITY_MAX = 99;

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
                                "larger is more urgent; the last repeats (policy=priority)")),
                "slice=2ms");
    }

    @Override
    Scenario.Run build(Scenario scenario, Settings settings, Tracer tracer) {
        List<Long> work = settings.timesNs("work");
        List<Long> arrive = settings.timesNs("arrive");
        List<Integer> priority = settings.counts("priority");
        requireNoMore("arrive", arrive.size(), work.size());
        requireNoMore("priority", priority.size(), work.size());
        Machine machine = machine(settings, work.size(), tracer);
        Kernel kernel = machine.kernel();
        List<String> lines = new ArrayList<>();
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
                        Log.into(lines, kernel));
        int arrival = kernel.register((task, cpu, nowNs, cause) -> kernel.start(task));
        for (int i = 0; i < work.size(); i++) {
            TaskSpec spec =
                    TaskSpec.of(nameOf(i), 0)
                            .withPriority(priority.get(Math.min(i, priority.size() - 1)));
            int job = threads.create(spec, threads.function("job"), work.get(i));
            kernel.name(job, job, nameOf(i));
            long atNs = arrive.get(Math.min(i, arrive.size() - 1));
            if (atNs == 0) {
                machine.atBegin(() -> kernel.start(job));
            } else {
                kernel.armEvent(kernel.allotEvent(arrival, job), atNs);
            }
        }
        return new Scenario.Run(scenario, machine, 0, Time.NEVER, lines);
    }

    @Override
    Optional<String> idle(Settings settings, String key) {
        return key.equals("priority") && !UserPolicies.isOne(settings.word("policy"))
                ? unless(settings, "policy", "priority")
                : super.idle(settings, key);
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
