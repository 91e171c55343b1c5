package io.iowait.cli;

import io.iowait.experiment.Metric;
import io.iowait.experiment.Trial;
import io.iowait.experiment.TrialMeter;
import io.iowait.replay.Replay;
import io.iowait.report.WhatIfReport;
import io.iowait.scenario.Scenario;
import io.iowait.trace.FirstDifference;
import io.iowait.trace.Status;
import io.iowait.trace.TraceReader;
import io.iowait.tracepoint.Facts;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// A recorded run beside a run of the same requests on another machine: other policy, CPUs, ticks,
/// slice, or whatever key is changed.
final class WhatIf {
    private final Path trace;
    private final Scenario scenario;
    private final List<String> changes;
    private final Trial recorded;
    private final Facts facts;

    /// Reads the recording.
    ///
    /// @param words what to change, `key=value`
    WhatIf(Path trace, List<String> words, boolean anyVersion) {
        this.trace = trace;
        TrialMeter meter = new TrialMeter();
        try (TraceReader reader = TraceReader.open(trace)) {
            facts = reader.facts();
            Scenario was = Replay.scenarioOf(trace, facts, anyVersion);
            scenario = was.with(words);
            Sweep.refuseIdle(words, List.of(scenario));
            changes = scenario.changesFrom(was);
            Status status = reader.read(meter);
            if (!status.isComplete()) {
                throw new CliException(
                        Exit.BAD_INPUT,
                        "%s is %s; what-if needs a whole recording: record the run again"
                                .formatted(trace, status.describe()));
            }
        }
        recorded = meter.trial();
    }

    /// Runs the other machine, and tells both.
    int tell(
            PrintWriter out,
            PrintWriter err,
            Terminal terminal,
            boolean json,
            @Nullable Path to,
            boolean overwrite) {
        TrialMeter meter = new TrialMeter();
        Execution.Done done;
        try (TraceReader reader = TraceReader.open(trace)) {
            FirstDifference difference = new FirstDifference(reader);
            Execution execution =
                    new Execution(scenario)
                            .interruptible()
                            .withHash()
                            .showProgress(terminal, "what if")
                            .withLaws()
                            .read(meter)
                            .read(difference);
            if (to != null) {
                execution.recordTo(to, overwrite);
            }
            done = execution.run();
            if (!done.isInterrupted()) {
                WhatIfReport report =
                        new WhatIfReport(changes, recorded, meter.trial(), difference, facts);
                if (json) {
                    Json.print(out, json(done, report));
                } else {
                    out.print(report.text(terminal.look()));
                    RunAnswer.printEnd(out, done);
                }
            }
        }
        return RunAnswer.status(done, false, err);
    }

    private ObjectNode json(Execution.Done done, WhatIfReport report) {
        ObjectNode document = Json.object();
        changes.forEach(document.putArray("changes")::add);
        ObjectNode figures = document.putObject("figures");
        for (Metric metric : WhatIfReport.metrics(recorded, report.whatIf())) {
            ObjectNode figure = figures.putObject(metric.name().toLowerCase(Locale.ROOT));
            put(figure, "recorded", recorded.value(metric));
            put(figure, "what_if", report.whatIf().value(metric));
        }
        document.put("equal_switches", report.difference().common());
        document.set("run", RunAnswer.json(done));
        return document;
    }

    private static void put(ObjectNode figure, String side, double value) {
        if (!Double.isNaN(value)) {
            figure.put(side, value);
        }
    }
}
