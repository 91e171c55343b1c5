package io.iowait.invariant;

import java.util.ArrayList;
import java.util.List;

/// The laws that exist, in the order of the catalogue (`docs/reference/invariants`).
public final class Laws {
    private Laws() {}

    /// Fresh checkers for one trace.
    public static List<Law> all() {
        List<Law> laws = new ArrayList<>();
        addStructure(laws);
        addProgress(laws);
        addFair(laws);
        addRealTime(laws);
        addIo(laws);
        addLoops(laws);
        return laws;
    }

    private static void addStructure(List<Law> laws) {
        laws.add(new TimeOrder());
        laws.add(new UniqueRunning());
        laws.add(new LegalTransitions());
        laws.add(new KnownToOnePolicy());
        laws.add(new WakeBeforeRun());
        laws.add(new TimeConservation());
        laws.add(new AllowedCpus());
        laws.add(new NoLostTask());
        laws.add(new MonotoneCounters());
        laws.add(new ReplayHash());
    }

    private static void addProgress(List<Law> laws) {
        laws.add(new NoIdleBesideWork());
        laws.add(new BoundedWait());
        laws.add(new NoLostWakeup());
        laws.add(new CausedWakeups());
        laws.add(new NoDeadlock());
        laws.add(new WakeOrder());
        laws.add(new SharedCounts());
    }

    private static void addFair(List<Law> laws) {
        FairQueues queues = new FairQueues();
        laws.add(new LagsCancelOut(queues));
        laws.add(new BoundedLag(queues));
        laws.add(new EarliestEligible(queues));
        laws.add(new VirtualDeadlines(queues));
        laws.add(new SomeEligible(queues));
        laws.add(new SleepMintsNoLag(queues));
        laws.add(new VirtualTime(queues));
        laws.add(new WeightedShares());
        laws.add(new FeedbackRules());
        laws.add(new SliceBound());
        laws.add(new QueueOrder());
    }

    private static void addRealTime(List<Law> laws) {
        laws.add(new PriorityOrder());
        laws.add(new InheritedUrgency());
        laws.add(new BoundedInversion());
        laws.add(new BandwidthWake());
        laws.add(new BandwidthBudget());
        laws.add(new BandwidthIsolation());
        laws.add(new EarliestDeadline());
        laws.add(new BandwidthServed());
        laws.add(new PromptPreemption());
    }

    private static void addIo(List<Law> laws) {
        laws.add(new TimerNotEarly());
        laws.add(new TimerNotLate());
        laws.add(new RequestsOnce());
        laws.add(new InterruptFirst());
        laws.add(new SleepsUntilDone());
        laws.add(new DeviceQueue());
        laws.add(new LittlesLaw());
        laws.add(new IrqNesting());
    }

    private static void addLoops(List<Law> laws) {
        laws.add(new RunToCompletion());
        laws.add(new PostOrder());
        laws.add(new BatchRule());
        laws.add(new NotInline());
        laws.add(new TimerOrder());
        laws.add(new PhaseOrder());
        laws.add(new DrainedFirst());
        laws.add(new LoopSleeps());
        laws.add(new LoopTimers());
        laws.add(new LoopTimersInTime());
        laws.add(new LoopWoken());
        laws.add(new ExecutorPool());
    }
}
