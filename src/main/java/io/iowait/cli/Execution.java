package io.iowait.cli;

import io.iowait.invariant.LawBook;
import io.iowait.invariant.Report;
import io.iowait.kernel.Kernel;
import io.iowait.kernel.Outcome;
import io.iowait.machine.WaitsFor;
import io.iowait.measure.RequestMeasure;
import io.iowait.measure.RequestResult;
import io.iowait.measure.Window;
import io.iowait.scenario.GuardedPolicy;
import io.iowait.scenario.Scenario;
import io.iowait.scenario.ScenarioException;
import io.iowait.scenario.Units;
import io.iowait.trace.HashingConsumer;
import io.iowait.trace.Recorder;
import io.iowait.trace.TraceException;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.TraceConsumer;
import io.iowait.tracepoint.Tracer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/// One run of a scenario: built, watched by laws, recorded, and told about.
final class Execution {
    private static final int SLEEPERS_SHOWN = 5;

    private final Scenario scenario;
    private final List<TraceConsumer> consumers = new ArrayList<>();
    private Optional<HashingConsumer> hash = Optional.empty();
    private Optional<LawBook> laws = Optional.empty();
    private Optional<Recorder> recorder = Optional.empty();
    private Optional<RequestMeasure> requests = Optional.empty();
    private Optional<Progress> progress = Optional.empty();
    private Optional<Consumer<String>> explanations = Optional.empty();
    private boolean isInterruptible;

    Execution(Scenario scenario) {
        this.scenario = scenario;
    }

    /// Adds a reader of the run.
    Execution read(TraceConsumer consumer) {
        consumers.add(consumer);
        return this;
    }

    Execution withLaws() {
        LawBook book = new LawBook();
        laws = Optional.of(book);
        return read(book);
    }

    /// Computes the hash of the run.
    Execution withHash() {
        HashingConsumer hashing = new HashingConsumer();
        hash = Optional.of(hashing);
        return read(hashing);
    }

    /// Measures requests, if the scenario says when.
    Execution withMeasures() {
        Facts.Builder told = Facts.builder();
        scenario.tell(told);
        Facts facts = told.build();
        long toNs = facts.getLong("measure_to_ns", 0);
        if (toNs > 0) {
            Window window = new Window(facts.getLong("measure_from_ns", 0), toNs);
            requests = Optional.of(new RequestMeasure(window));
            requests.ifPresent(consumers::add);
        }
        return this;
    }

    /// Shows a progress bar, where there is a terminal.
    Execution showProgress(Terminal terminal, String what) {
        if (terminal.showsProgress()) {
            progress = Optional.of(new Progress(what));
            progress.ifPresent(consumers::add);
        }
        return this;
    }

    /// Records to a folder or a packed file.
    Execution recordTo(Path path, boolean overwrite) {
        return recordTo(path, Recorder.Options.standard().withOverwrite(overwrite));
    }

    /// @param keepFreeBytes disk space to leave
    Execution recordTo(Path path, boolean overwrite, long keepFreeBytes) {
        Recorder.Options options = Recorder.Options.standard().withOverwrite(overwrite);
        return recordTo(path, options.withReserveBytes(keepFreeBytes));
    }

    private Execution recordTo(Path path, Recorder.Options options) {
        try {
            Recorder made = Recorder.create(path, options);
            recorder = Optional.of(made);
            return read(made);
        } catch (TraceException e) {
            throw new CliException(Exit.NOT_WRITTEN, String.valueOf(e.getMessage()), e);
        }
    }

    /// Tells each choice of a policy and its reason.
    Execution explainTo(Consumer<String> lines) {
        explanations = Optional.of(lines);
        return this;
    }

    /// Ends the run early when the process is asked to end.
    Execution interruptible() {
        isInterruptible = true;
        return this;
    }

    /// What became of a run.
    ///
    /// @param hash of the whole run: an interrupted one has none
    /// @param failure the first exception that the program let through
    /// @param stuck why it could not go on: the wait-for cycle, or the task that spins
    /// @param ejection why a user's policy was ejected, and what it should have known
    record Done(
            Scenario scenario,
            Outcome outcome,
            long nowNs,
            long records,
            OptionalLong hash,
            Optional<Report> laws,
            Optional<RequestResult> requests,
            Optional<Recorder> recorder,
            List<String> log,
            Optional<String> failure,
            Optional<String> stuck,
            Optional<String> ejection) {
        boolean isInterrupted() {
            return outcome == Outcome.STOPPED;
        }
    }

    Done run() {
        Interruption interruption = new Interruption();
        if (isInterruptible) {
            consumers.add(interruption);
        }
        Scenario.Run run = build();
        Kernel kernel = run.machine().kernel();
        try {
            if (isInterruptible) {
                interruption.watch(kernel);
            }
            progress.ifPresent(bar -> bar.until(run.untilNs()));
            explainTo(run);
            Outcome outcome =
                    new Watchdog(run.machine().classes())
                            .run(() -> {
                                begin(run);
                                return run.proceed();
                            });
            if (outcome == Outcome.STOPPED) {
                kernel.tracer().flush();
            } else {
                run.machine().end();
            }
            return new Done(
                    scenario,
                    outcome,
                    kernel.nowNs(),
                    kernel.tracer().emitted(),
                    outcome == Outcome.STOPPED
                            ? OptionalLong.empty()
                            : hash.map(h -> OptionalLong.of(h.hash()))
                                    .orElseGet(OptionalLong::empty),
                    laws.map(LawBook::report),
                    outcome == Outcome.TIME
                            ? requests.map(RequestMeasure::result)
                            : Optional.empty(),
                    recorder,
                    run.log().lines(),
                    run.log().failure(),
                    stuck(run, outcome),
                    GuardedPolicy.ejectionAmong(run.machine().classes()));
        } finally {
            recorder.ifPresent(Recorder::close);
            progress.ifPresent(Progress::close);
            interruption.close();
        }
    }

    private void explainTo(Scenario.Run run) {
        Kernel kernel = run.machine().kernel();
        explanations.ifPresent(lines ->
                kernel.explainTo((cpu, task, nowNs, why) ->
                        lines.accept(
                                "%s cpu %d picks %s: %s"
                                        .formatted(
                                                Units.time(nowNs),
                                                cpu,
                                                kernel.tasks().name(task),
                                                why.isEmpty() ? "(no reason given)" : why))));
    }

    /// Nothing has run yet: an illegal argument is what the scenario asked for.
    private Scenario.Run build() {
        try {
            return scenario.build(new Tracer(consumers));
        } catch (ScenarioException e) {
            throw e;
        } catch (IllegalArgumentException e) {
            throw new ScenarioException(String.valueOf(e.getMessage()));
        }
    }

    private void begin(Scenario.Run run) {
        try {
            run.begin();
        } catch (TraceException e) {
            throw new CliException(Exit.NOT_WRITTEN, String.valueOf(e.getMessage()), e);
        }
    }

    private static Optional<String> stuck(Scenario.Run run, Outcome outcome) {
        Kernel kernel = run.machine().kernel();
        String at = Units.time(kernel.nowNs());
        return switch (outcome) {
            case DEADLOCK -> {
                WaitsFor waits = new WaitsFor(run.machine());
                List<String> cycle = waits.cycle();
                yield Optional.of(
                        cycle.isEmpty()
                                ? "deadlock at %s: nothing can wake %d task(s): %s"
                                        .formatted(
                                                at,
                                                kernel.liveTasks(),
                                                String.join("; ", waits.sleepers(SLEEPERS_SHOWN)))
                                : "deadlock at %s: %s".formatted(at, String.join("; ", cycle)));
            }
            case NO_PROGRESS ->
                    Optional.of(
                            "no progress at %s: %s takes step after step without time passing; let it compute, sleep or end"
                                    .formatted(at, String.join(", ", running(kernel))));
            case TIME, FINISHED, STOPPED -> Optional.empty();
        };
    }

    private static List<String> running(Kernel kernel) {
        List<String> names = new ArrayList<>();
        for (int cpu = 0; cpu < kernel.cpuCount(); cpu++) {
            if (kernel.current(cpu) >= 0) {
                names.add(kernel.tasks().name(kernel.current(cpu)));
            }
        }
        return names;
    }
}
