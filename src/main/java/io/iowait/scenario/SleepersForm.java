package io.iowait.scenario;

import static io.iowait.program.Dsl.ask;
import static io.iowait.program.Dsl.compute;
import static io.iowait.program.Dsl.num;
import static io.iowait.program.Dsl.repeat;

import io.iowait.engine.Time;
import io.iowait.kernel.Kernel;
import io.iowait.kernel.TaskSpec;
import io.iowait.machine.Machine;
import io.iowait.program.Asks;
import io.iowait.program.Code;
import io.iowait.program.Program;
import io.iowait.runtime.ThreadRuntime;
import io.iowait.tracepoint.Tracer;
import java.util.List;
import java.util.stream.IntStream;

/// Many threads that each compute and sleep a number of times, then end.
final class SleepersForm extends Form {
    SleepersForm() {
        super(
                "sleepers",
                List.of(
                        Key.count("threads", 1, 10_000_000, 1000, "how many"),
                        Key.count("rounds", 0, Long.MAX_VALUE, 10, "computations of a thread"),
                        Key.time("cpu", "1us", "length of a computation"),
                        Key.time("sleep", "1ms", "length of a sleep")),
                "policy=fifo");
    }

    @Override
    Scenario.Run build(Scenario scenario, Settings settings, Tracer tracer) {
        int count = settings.size("threads");
        Machine machine = machine(settings, count, tracer);
        Log log = new Log(machine.kernel());
        ThreadRuntime threads =
                new ThreadRuntime(machine.files(), machine.locks(), code(settings), log);
        threads.ensureThreads(count);
        TaskSpec spec = TaskSpec.of("sleeper", MachineKeys.ordinary(settings));
        int sleeper = threads.function("sleeper");
        for (int i = 0; i < count; i++) {
            threads.create(spec, sleeper);
        }
        Kernel kernel = machine.kernel();
        machine.atBegin(() -> IntStream.range(0, count).forEach(kernel::start));
        kernel.name(0, count - 1, "sleeper");
        return new Scenario.Run(scenario, machine, 0, Time.NEVER, log);
    }

    private static Code code(Settings settings) {
        return Program.named("sleepers")
                .function(
                        "sleeper",
                        List.of(),
                        List.of(
                                repeat(
                                        num(settings.count("rounds")),
                                        compute(num(settings.timeNs("cpu"))),
                                        ask(Asks.SLEEP, num(settings.timeNs("sleep"))))))
                .main("sleeper")
                .compile();
    }
}
