package io.iowait.scenario;

import io.iowait.kernel.Outcome;
import io.iowait.machine.Machine;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.Tracer;
import java.util.List;
import java.util.Optional;

/// A question: everything that decides a run, and how to build it.
///
/// Two scenarios with equal [#text] give byte-identical traces.
public interface Scenario {
    /// The front end that reads [#text]: `requests`, `workload`, `case`.
    String kind();

    /// What people call it: the name of the built-in or of the file. Left out: its kind.
    default String name() {
        return kind();
    }

    /// The scenario verbatim, in one form that its front end reads back; goes into every trace.
    String text();

    /// Builds the machine with its tasks; nothing has run yet and no fact has been told.
    Run build(Tracer tracer);

    /// The same scenario with some keys changed by words `key=value`: the same requests, as far as
    /// the keys do not say otherwise. Left out: nothing can be changed.
    ///
    /// @throws ScenarioException if it has no keys, for an unknown key, or for a bad value
    default Scenario with(List<String> words) {
        throw new ScenarioException(
                "%s: found a %s, which says itself on what it runs, expected a scenario with keys"
                        .formatted(String.join(" ", words), kind()));
    }

    /// How it differs from another scenario of its kind: `key: there -> here`, a line a key.
    default List<String> changesFrom(Scenario other) {
        return text().equals(other.text()) ? List.of() : List.of("the text differs");
    }

    /// Adds facts that readers of the trace want to know: `runtime`, `clients`, `device_ns`, the
    /// window to measure (`measure_from_ns`, `measure_to_ns`). Left out: none.
    default void tell(Facts.Builder facts) {}

    /// What its threads and tasks occupy, in one line, where that is a question and the profile
    /// knows. Left out: nothing to tell.
    default Optional<String> memory() {
        return Optional.empty();
    }

    /// Why the key, given a value, has no effect on this run: what was found, what was expected.
    /// Left out: it has one.
    default Optional<String> idle(String key) {
        return Optional.empty();
    }

    /// A machine ready to run, and when to stop.
    ///
    /// @param measureFromNs virtual time at which the accounts so far are told, so that a window of
    ///   measurement can start there; 0 = no such time
    /// @param untilNs virtual time to stop at; [io.iowait.engine.Time#NEVER] = when all has ended
    /// @param log what the program logs
    record Run(Scenario scenario, Machine machine, long measureFromNs, long untilNs, Log log) {
        /// A run that is measured from its start, and whose program logs nothing.
        public Run(Scenario scenario, Machine machine, long untilNs) {
            this(scenario, machine, 0, untilNs, new Log(machine.kernel()));
        }

        /// Facts, the whole run, accounts and the end of the trace.
        public Outcome toEnd() {
            begin();
            Outcome outcome = proceed();
            machine.end();
            return outcome;
        }

        /// Tells the facts.
        public void begin() {
            Facts.Builder facts =
                    Facts.builder()
                            .put("version", Version.TEXT)
                            .put("kind", scenario.kind())
                            .put("scenario", scenario.text());
            scenario.tell(facts);
            machine.begin(facts);
        }

        /// The run between [#begin] and the end of the trace, for callers that have to do something
        /// in between.
        public Outcome proceed() {
            if (measureFromNs > 0) {
                Outcome outcome = machine.run(measureFromNs);
                if (outcome != Outcome.TIME) {
                    return outcome;
                }
                machine.tellCpuAccounts();
            }
            return machine.run(untilNs);
        }
    }
}
