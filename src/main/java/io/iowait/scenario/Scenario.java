package io.iowait.scenario;

import io.iowait.kernel.Outcome;
import io.iowait.machine.Machine;
import io.iowait.tracepoint.Tracer;

/// A question: everything that decides a run, and how to build it.
///
/// Two scenarios with equal [#text] give byte-identical traces.
public interface Scenario {
    /// The front end that reads [#text]: `requests`, `workload`, `case`.
    String kind();

    /// The scenario verbatim, in one form that its front end reads back; goes into every trace.
    String text();

    /// Builds the machine with its tasks; nothing has run yet and no fact has been told.
    Run build(Tracer tracer);

    /// A machine ready to run, and when to stop.
    ///
    /// @param untilNs virtual time to stop at; [io.iowait.engine.Time#NEVER] = when all has ended
    record Run(Scenario scenario, Machine machine, long untilNs) {
        /// Facts, the whole run, accounts and the end of the trace.
        public Outcome toEnd() {
            begin();
            Outcome outcome = machine.run(untilNs);
            machine.end();
            return outcome;
        }

        /// Tells the facts; for callers that run in steps.
        public void begin() {
            machine.begin(
                    io.iowait.tracepoint.Facts.builder()
                            .put("version", Version.TEXT)
                            .put("kind", scenario.kind())
                            .put("scenario", scenario.text()));
        }
    }
}
