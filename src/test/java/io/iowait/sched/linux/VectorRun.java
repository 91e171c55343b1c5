package io.iowait.sched.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.iowait.invariant.LawBook;
import io.iowait.kernel.Body;
import io.iowait.kernel.CostProfile;
import io.iowait.kernel.Kernel;
import io.iowait.kernel.KernelSpec;
import io.iowait.kernel.Registers;
import io.iowait.kernel.Sys;
import io.iowait.kernel.TaskSpec;
import io.iowait.machine.Machine;
import io.iowait.sched.Policy;
import io.iowait.sched.Tasks;
import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TaskState;
import io.iowait.tracepoint.TraceConsumer;
import io.iowait.tracepoint.Tracer;
import java.util.ArrayList;
import java.util.List;

/// Tasks with programs of `run`, `sleep` and `yield` on one CPU where switches cost nothing and
/// ticks come at multiples of the tick, all laws looking on.
final class VectorRun {
    static final long MS = 1_000_000;
    static final long FOREVER = 1L << 60;

    private final List<Policy> classes;
    private final long tickNs;
    private final List<Task> tasks = new ArrayList<>();

    /// One operation: what, and for how long.
    record Step(char what, long ns) {
        static Step run(long ns) {
            return new Step('r', ns);
        }

        static Step sleep(long ns) {
            return new Step('s', ns);
        }

        static Step yield() {
            return new Step('y', 0);
        }
    }

    /// A stretch of one task on the CPU.
    record Segment(long start, long end, String task, String why) {}

    private record Task(TaskSpec spec, long startNs, List<Step> steps) {}

    VectorRun(long tickNs, Policy... classes) {
        this.tickNs = tickNs;
        this.classes = List.of(classes);
    }

    VectorRun task(TaskSpec spec, long startNs, Step... steps) {
        tasks.add(new Task(spec, startNs, List.of(steps)));
        return this;
    }

    /// Who ran when, and the machine as it is then.
    record Result(List<Segment> segments, Kernel kernel) {
        /// The segments as text `A 0-100`, in ms.
        List<String> inMs() {
            return segments.stream()
                    .map(s -> "%s %s-%s".formatted(s.task, ms(s.start), ms(s.end)))
                    .toList();
        }

        /// Time that a task has had the CPU, the stretch in progress included.
        long ranNs(int task) {
            String name = kernel.tasks().name(task);
            return segments.stream()
                    .filter(s -> s.task.equals(name))
                    .mapToLong(s -> s.end - s.start)
                    .sum();
        }

        private static String ms(long ns) {
            double ms = ns / 1e6;
            return ms == (long) ms ? Long.toString((long) ms) : Double.toString(ms);
        }
    }

    Result until(long endNs) {
        CostProfile.Builder profile = CostProfile.named("ticks only");
        if (tickNs > 0) {
            profile.constant("hz", 1_000_000_000L / tickNs).constant("tick_phase_ns", 0);
        }
        LawBook laws = new LawBook();
        Segments segments = new Segments();
        Machine machine =
                new Machine(
                        KernelSpec.of(1, profile.build(), 1, classes),
                        new Tracer(List.of(laws, segments)));
        Kernel kernel = machine.kernel();
        int start = kernel.register((task, cpu, nowNs, cause) -> kernel.start(task));
        for (Task t : tasks) {
            int task = kernel.create(t.spec, new Script(t.steps));
            kernel.name(task, task, t.spec.name());
            int event = kernel.allotEvent(start, task);
            machine.atBegin(() -> kernel.armEvent(event, t.startNs));
        }
        machine.begin(Facts.builder());
        machine.run(endNs);
        machine.end();
        assertThat(laws.report().hasViolations()).as(laws.report().format()).isFalse();
        return new Result(segments.done(kernel, endNs), kernel);
    }

    private static final class Script implements Body {
        private final List<Step> steps;
        private int at;

        Script(List<Step> steps) {
            this.steps = steps;
        }

        @Override
        public int next(int task, long nowNs, Registers registers) {
            if (at == steps.size()) {
                return registers.exit(0);
            }
            Step step = steps.get(at++);
            return switch (step.what) {
                case 'r' -> registers.compute(step.ns);
                case 's' -> registers.syscall(Sys.NANOSLEEP, step.ns, 0);
                default -> registers.syscall(Sys.SCHED_YIELD, 0, 0);
            };
        }
    }

    private static final class Segments implements TraceConsumer {
        private final List<long[]> switches = new ArrayList<>();

        @Override
        public void block(Block block) {
            for (int i = 0; i < block.count(); i++) {
                if (block.kind(i) == Kind.SCHED_SWITCH) {
                    switches.add(new long[] {block.t(i), block.task(i), block.a(i), block.b(i)});
                }
            }
        }

        List<Segment> done(Kernel kernel, long endNs) {
            List<Segment> segments = new ArrayList<>();
            for (int i = 0; i < switches.size(); i++) {
                long[] from = switches.get(i);
                int task = (int) from[2];
                if (task == Tasks.NO_TASK) {
                    continue;
                }
                boolean last = i + 1 == switches.size();
                long end = last ? endNs : switches.get(i + 1)[0];
                String why = last ? "end-of-run" : why(switches.get(i + 1)[3]);
                if (end > from[0]) {
                    segments.add(new Segment(from[0], end, kernel.tasks().name(task), why));
                }
            }
            return segments;
        }

        private static String why(long state) {
            return switch ((int) state) {
                case TaskState.RUNNABLE -> "preempted-or-yielded";
                case TaskState.DEAD -> "exit";
                default -> "blocked";
            };
        }
    }
}
