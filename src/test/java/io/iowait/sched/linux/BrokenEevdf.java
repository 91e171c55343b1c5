package io.iowait.sched.linux;

import io.iowait.sched.Policy;
import io.iowait.sched.SchedContext;
import io.iowait.sched.Tasks;
import io.iowait.sched.policy.Delegating;
import io.iowait.tracepoint.FairState;
import java.lang.reflect.Proxy;
import java.util.Objects;
import java.util.function.ObjIntConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The fair class of 6.18 on one CPU with one thing broken, or nothing; it says of itself that
/// nothing is.
public class BrokenEevdf extends Delegating {
    private static final FairRules RULES = FairRules.linux618(700_000);

    private final EevdfPolicy eevdf;
    private @Nullable SchedContext context;

    private BrokenEevdf(FairRules rules) {
        this(new EevdfPolicy(rules));
    }

    private BrokenEevdf(EevdfPolicy eevdf) {
        super(eevdf);
        this.eevdf = eevdf;
    }

    @Override
    public String parameters() {
        return RULES.words();
    }

    @Override
    public boolean keepsSleeper(int task) {
        return eevdf.keepsSleeper(task);
    }

    @Override
    public boolean stepsBeforeSwitch() {
        return eevdf.stepsBeforeSwitch();
    }

    @Override
    public void init(SchedContext given) {
        context = given;
        super.init(given);
    }

    FairEntities entities() {
        return eevdf.entities;
    }

    EevdfQueue queue() {
        return eevdf.queues[0];
    }

    /// Nothing is broken.
    public static Policy sound() {
        return new BrokenEevdf(RULES);
    }

    /// A feature of [FairRules] is left out.
    public static Policy without(String feature) {
        return new BrokenEevdf(without(RULES, feature));
    }

    static FairRules without(FairRules r, String feature) {
        return new FairRules(
                r.sliceNs(),
                feature.equals("runToParity") ? 1 : r.protectNs(),
                r.runToParity() && !feature.equals("runToParity"),
                r.delayDequeue() && !feature.equals("delayDequeue"),
                r.preemptShort() && !feature.equals("preemptShort"),
                r.protectVirtual(),
                r.yieldForfeits() && !feature.equals("yieldForfeits"),
                r.testDropsDelayed(),
                r.placeLag() && !feature.equals("placeLag"),
                r.placeInitial() && !feature.equals("placeInitial"));
    }

    /// The inverse of each weight is one too large.
    public static Policy inverseOffByOne() {
        return born((e, task) -> e.inverse(task, e.inverse(task) + 1));
    }

    /// Time is charged as if the weight were that of nice 0.
    public static Policy chargedAsNice0() {
        return born((e, task) -> e.inverse(task, FairWeights.inverseOf(FairWeights.NICE_0)));
    }

    private static Policy born(ObjIntConsumer<FairEntities> change) {
        return new BrokenEevdf(RULES) {
            @Override
            public void enqueue(int task, int flags, long nowNs) {
                super.enqueue(task, flags, nowNs);
                if ((flags & NEW) != 0) {
                    change.accept(entities(), task);
                }
            }
        };
    }

    /// Who has slept counts twice in the average.
    public static Policy averageOfOtherWeights() {
        return new BrokenEevdf(RULES) {
            @Override
            public void enqueue(int task, int flags, long nowNs) {
                if (flags == SLEEP && !entities().isQueued(task)) {
                    entities().weight(task, 2 * FairWeights.NICE_0);
                }
                super.enqueue(task, flags, nowNs);
            }
        };
    }

    /// The task of least virtual runtime is picked.
    public static Policy leftmost() {
        return picking((e, task, best) -> e.vruntimeNs(task) < e.vruntimeNs(best));
    }

    /// The task of earliest deadline is picked, eligible or not.
    public static Policy ineligible() {
        return picking((e, task, best) -> e.deadlineNs(task) < e.deadlineNs(best));
    }

    private interface Better {
        boolean than(FairEntities e, int task, int best);
    }

    private static Policy picking(Better better) {
        return new BrokenEevdf(RULES) {
            @Override
            public int pickNext(int cpu, long nowNs) {
                int best = super.pickNext(cpu, nowNs);
                for (int task = 0; best != Tasks.NO_TASK && task < tasks().count(); task++) {
                    boolean waits = entities().isQueued(task) && tasks().isRunnable(task);
                    best = waits && better.than(entities(), task, best) ? task : best;
                }
                return best;
            }
        };
    }

    /// A delayed task that is dropped keeps what it is owed.
    public static Policy dropKeepsLag() {
        return new BrokenEevdf(RULES) {
            @Override
            public int pickNext(int cpu, long nowNs) {
                FairEntities e = entities();
                long averageNs = queue().averageNs();
                boolean[] delayed = new boolean[tasks().count()];
                for (int task = 0; task < delayed.length; task++) {
                    delayed[task] = e.isQueued(task) && e.isDelayed(task);
                }
                int picked = super.pickNext(cpu, nowNs);
                for (int task = 0; task < delayed.length; task++) {
                    if (delayed[task] && !e.isQueued(task)) {
                        e.lagNs(task, averageNs - e.vruntimeNs(task));
                    }
                }
                return picked;
            }
        };
    }

    /// A deadline that has come stays as it is.
    public static Policy deadlineNotRenewed() {
        return new BrokenEevdf(RULES) {
            @Override
            public void init(SchedContext given) {
                super.init(hushed(given, what -> what.equals(FairState.RENEW)));
            }

            @Override
            public void enqueue(int task, int flags, long nowNs) {
                keeping(() -> super.enqueue(task, flags, nowNs));
            }

            @Override
            public void stopping(int task, int cpu, long ranNs, boolean runnable, long nowNs) {
                keeping(() -> super.stopping(task, cpu, ranNs, runnable, nowNs));
            }

            @Override
            public boolean tick(int task, int cpu, long nowNs) {
                boolean[] lets = new boolean[1];
                keeping(() -> lets[0] = super.tick(task, cpu, nowNs));
                return lets[0];
            }

            @Override
            public boolean wakeupPreempt(int task, int current, int cpu, long nowNs) {
                boolean[] lets = new boolean[1];
                keeping(() -> lets[0] = super.wakeupPreempt(task, current, cpu, nowNs));
                return lets[0];
            }

            private void keeping(Runnable operation) {
                int current = queue().current();
                long deadlineNs = current == Tasks.NO_TASK ? 0 : entities().deadlineNs(current);
                operation.run();
                if (current != Tasks.NO_TASK) {
                    entities().deadlineNs(current, deadlineNs);
                }
            }
        };
    }

    /// A task runs on whatever its tick says.
    public static Policy neverLetsGo() {
        return new BrokenEevdf(RULES) {
            @Override
            public boolean tick(int task, int cpu, long nowNs) {
                super.tick(task, cpu, nowNs);
                return false;
            }
        };
    }

    Tasks tasks() {
        return Objects.requireNonNull(context).tasks();
    }

    /// The kernel, to which some of what the class tells does not come.
    private static SchedContext hushed(SchedContext kernel, Predicate<Object> untold) {
        return (SchedContext)
                Proxy.newProxyInstance(
                        SchedContext.class.getClassLoader(),
                        new Class<?>[] {SchedContext.class},
                        (proxy, method, args) ->
                                method.getName().equals("tellFair") && untold.test(args[0])
                                        ? null
                                        : method.invoke(kernel, args));
    }
}
