package io.iowait.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.iowait.device.ServiceDriver;
import io.iowait.device.ServiceModel;
import io.iowait.engine.Distribution;
import io.iowait.engine.Time;
import io.iowait.invariant.LawBook;
import io.iowait.kernel.CostProfile;
import io.iowait.kernel.KernelSpec;
import io.iowait.kernel.Outcome;
import io.iowait.kernel.TaskSpec;
import io.iowait.program.Program;
import io.iowait.runtime.LoopFlavour;
import io.iowait.runtime.LoopRuntime;
import io.iowait.runtime.ThreadRuntime;
import io.iowait.sched.policy.FifoPolicy;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.Tracer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// One program on every portable runtime, with all laws looking on: `main` runs first, on a machine
/// of one CPU where nothing costs time.
///
/// Object 0 of each kind is there: a mutex, a device (node 0) that serves in 1 ms, a listening
/// socket with a queue for two (descriptor 0).
final class Everywhere {
    static final long SERVICE_NS = 1_000_000;
    static final int BACKLOG = 1;

    enum Way {
        THREADS,
        LOOP,
        LOOP_WITH_HOPS
    }

    private Everywhere() {}

    /// What it logs, each line with its time.
    static List<String> run(Way way, Program.Builder program, Outcome expected) {
        List<String> log = new ArrayList<>();
        LawBook laws = new LawBook();
        Machine machine =
                new Machine(
                        KernelSpec.of(1, CostProfile.zero(), 1, List.of(new FifoPolicy())),
                        new Tracer(List.of(laws)));
        machine.files().listen(BACKLOG);
        ServiceDriver device =
                new ServiceDriver(
                        machine.files(), new ServiceModel(Distribution.constant(SERVICE_NS), 9), 0);
        machine.files().addNode(device::open);
        ThreadRuntime.LogSink sink = (task, nowNs, text) -> log.add(nowNs + " " + text);
        int first;
        if (way == Way.THREADS) {
            machine.locks().createMutex("m");
            ThreadRuntime threads =
                    new ThreadRuntime(machine.files(), machine.locks(), program.compile(), sink);
            first = threads.create(TaskSpec.of("main", 0), threads.function("main"));
        } else {
            LoopFlavour flavour = way == Way.LOOP ? LoopFlavour.EPOLL : LoopFlavour.ASYNCIO;
            LoopRuntime loop =
                    new LoopRuntime(machine.files(), program.compile(), sink, flavour, 0);
            loop.createMutex();
            machine.atBegin(() -> loop.spawn(loop.function("main")));
            first = loop.create(TaskSpec.of("loop", 0));
        }
        machine.begin(Facts.builder());
        machine.kernel().start(first);
        assertThat(machine.run(Time.NEVER)).as("%s %s", way, log).isEqualTo(expected);
        machine.end();
        assertThat(laws.report().hasViolations()).as("%s\n%s", way, laws.report()).isFalse();
        return log;
    }

    /// What it logs in every way of running it: the same, but for the order within an instant.
    static List<String> run(Program.Builder program) {
        List<String> first = run(Way.THREADS, program, Outcome.FINISHED);
        for (Way way : Arrays.asList(Way.LOOP, Way.LOOP_WITH_HOPS)) {
            assertThat(run(way, program, Outcome.FINISHED))
                    .as("%s", way)
                    .containsExactlyInAnyOrderElementsOf(first);
        }
        return first;
    }
}
