package io.iowait.scenario;

import static io.iowait.program.Dsl.add;
import static io.iowait.program.Dsl.ask;
import static io.iowait.program.Dsl.compute;
import static io.iowait.program.Dsl.forever;
import static io.iowait.program.Dsl.log;
import static io.iowait.program.Dsl.num;
import static io.iowait.program.Dsl.set;
import static io.iowait.program.Dsl.var;

import io.iowait.engine.Time;
import io.iowait.kernel.Kernel;
import io.iowait.kernel.TaskSpec;
import io.iowait.machine.Machine;
import io.iowait.program.Asks;
import io.iowait.program.Code;
import io.iowait.program.Program;
import io.iowait.runtime.ThreadRuntime;
import io.iowait.sched.policy.PriorityPolicy;
import io.iowait.tracepoint.Tracer;
import java.util.List;

/// Scenarios of two or three threads, each of which shows one thing.
final class Small {
    private Small() {}

    /// A machine with threads that run functions of one program.
    private static final class Stage {
        private final Machine machine;
        private final ThreadRuntime threads;
        private final Log log;

        Stage(Machine machine, Code code) {
            this.machine = machine;
            this.log = new Log(machine.kernel());
            this.threads = new ThreadRuntime(machine.files(), machine.locks(), code, log);
        }

        void start(TaskSpec spec, String function, long... args) {
            Kernel kernel = machine.kernel();
            int task = threads.create(spec, threads.function(function), args);
            kernel.name(task, task, spec.name());
            machine.atBegin(() -> kernel.start(task));
        }

        Scenario.Run run(Scenario scenario, long untilNs) {
            return new Scenario.Run(scenario, machine, 0, untilNs, log);
        }
    }

    /// Two threads sleep at the same time: together they take as long as the longer sleep.
    static final class Sleeps extends Form {
        Sleeps() {
            super(
                    "sleeps",
                    List.of(
                            Key.time("first", "2ms", "the sleep of the first thread"),
                            Key.time("second", "1ms", "the sleep of the second thread")));
        }

        @Override
        Scenario.Run build(Scenario scenario, Settings settings, Tracer tracer) {
            Code code =
                    Program.named("sleeps")
                            .function(
                                    "sleeper",
                                    List.of("ns"),
                                    List.of(
                                            log("sleeps"),
                                            ask(Asks.SLEEP, var("ns")),
                                            log("awake")))
                            .main("sleeper")
                            .compile();
            Stage stage = new Stage(machine(settings, 2, tracer), code);
            stage.start(
                    TaskSpec.of("first", MachineKeys.ordinary(settings)),
                    "sleeper",
                    settings.timeNs("first"));
            stage.start(
                    TaskSpec.of("second", MachineKeys.ordinary(settings)),
                    "sleeper",
                    settings.timeNs("second"));
            return stage.run(scenario, Time.NEVER);
        }
    }

    /// Threads that each lock their own mutex, wait, and lock the next one's: nobody can go on.
    static final class Deadlock extends Form {
        Deadlock() {
            super(
                    "deadlock",
                    List.of(
                            Key.count("threads", 2, 26, 2, "length of the cycle"),
                            Key.time("hold", "1ms", "from the first lock to the second")));
        }

        @Override
        Scenario.Run build(Scenario scenario, Settings settings, Tracer tracer) {
            int count = settings.size("threads");
            Code code =
                    Program.named("deadlock")
                            .function(
                                    "locker",
                                    List.of("mine", "other"),
                                    List.of(
                                            ask(Asks.LOCK, var("mine")),
                                            ask(Asks.SLEEP, num(settings.timeNs("hold"))),
                                            ask(Asks.LOCK, var("other")),
                                            ask(Asks.UNLOCK, var("other")),
                                            ask(Asks.UNLOCK, var("mine"))))
                            .main("locker")
                            .compile();
            Stage stage = new Stage(machine(settings, count, tracer), code);
            int[] locks = new int[count];
            for (int i = 0; i < count; i++) {
                locks[i] = stage.machine.locks().createMutex(Character.toString('A' + i));
            }
            for (int i = 0; i < count; i++) {
                TaskSpec spec = TaskSpec.of("t" + (i + 1), MachineKeys.ordinary(settings));
                stage.start(spec, "locker", locks[i], locks[(i + 1) % count]);
            }
            return stage.run(scenario, Time.NEVER);
        }
    }

    /// A thread that never lets time pass: a budget ends the run.
    static final class Spin extends Form {
        Spin() {
            super("spin", List.of(Key.time("cpu", "0ns", "what a round takes; 0: no time passes")));
        }

        @Override
        Scenario.Run build(Scenario scenario, Settings settings, Tracer tracer) {
            Code code =
                    Program.named("spin")
                            .function(
                                    "spinner",
                                    List.of(),
                                    List.of(forever(compute(num(settings.timeNs("cpu"))))))
                            .main("spinner")
                            .compile();
            Stage stage = new Stage(machine(settings, 1, tracer), code);
            stage.start(TaskSpec.of("spinner", MachineKeys.ordinary(settings)), "spinner");
            return stage.run(scenario, Time.seconds(1));
        }
    }

    /// Two periodic threads of strict priority over one that always computes.
    static final class Levels extends Form {
        private static final int HIGH = 50;
        private static final int LOW = 10;

        Levels() {
            super(
                    "levels",
                    List.of(
                            Key.time("high", "1ms", "computation of the urgent thread"),
                            Key.span("high_period", "7ms", "its period"),
                            Key.time("low", "5ms", "computation of the less urgent thread"),
                            Key.span("low_period", "20ms", "its period"),
                            Key.span("duration", "140ms", "length of the run")),
                    "profile=linux-6.18-vm",
                    "exact=false");
        }

        @Override
        Scenario.Run build(Scenario scenario, Settings settings, Tracer tracer) {
            Machine machine =
                    new Machine(
                            MachineKeys.spec(
                                    settings,
                                    3,
                                    List.of(new PriorityPolicy(), MachineKeys.policy(settings))),
                            tracer);
            Stage stage = new Stage(machine, code());
            stage.start(
                    TaskSpec.of("high", 0).withPriority(HIGH),
                    "periodic",
                    settings.timeNs("high"),
                    settings.timeNs("high_period"));
            stage.start(
                    TaskSpec.of("low", 0).withPriority(LOW),
                    "periodic",
                    settings.timeNs("low"),
                    settings.timeNs("low_period"));
            stage.start(TaskSpec.of("hog", 1), "hog");
            return stage.run(scenario, settings.timeNs("duration"));
        }

        private static Code code() {
            return Program.named("levels")
                    .function(
                            "periodic",
                            List.of("work", "period"),
                            List.of(
                                    set("next", num(0)),
                                    forever(
                                            compute(var("work")),
                                            set("next", add(var("next"), var("period"))),
                                            ask(Asks.SLEEP_UNTIL, var("next")))))
                    .function("hog", List.of(), List.of(forever(compute(num(1_000_000_000)))))
                    .main("hog")
                    .compile();
        }
    }
}
