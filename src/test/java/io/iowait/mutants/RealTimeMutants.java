package io.iowait.mutants;

import static io.iowait.program.Dsl.ask;
import static io.iowait.program.Dsl.compute;
import static io.iowait.program.Dsl.num;
import static io.iowait.program.Dsl.repeat;

import io.iowait.kernel.CostProfile;
import io.iowait.kernel.Defect;
import io.iowait.kernel.TaskSpec;
import io.iowait.machine.Lab;
import io.iowait.program.Asks;
import io.iowait.program.Statement;
import io.iowait.sched.Policy;
import io.iowait.sched.SchedContext;
import io.iowait.sched.Tasks;
import io.iowait.sched.linux.DeadlinePolicy;
import io.iowait.sched.linux.RealTimePolicy;
import io.iowait.sched.linux.SchedAttributes;
import io.iowait.sched.policy.Delegating;
import io.iowait.sched.policy.FifoPolicy;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// What is broken on purpose in Linux's real-time and deadline classes.
final class RealTimeMutants {
    private static final long MS = 1_000_000;
    private static final long END_NS = 700 * MS;

    private RealTimeMutants() {}

    static List<Mutant> all() {
        return List.of(
                mutant("rr goes to the head", "T1", () -> turns(RealTimeMutants::toTheHead)),
                mutant("rt does not preempt", "T1", () -> levels(RealTimeMutants::patient)),
                mutant(
                        "a futex serves by arrival",
                        "L5",
                        () -> waiters().defect(Defect.FUTEX_BY_ARRIVAL)),
                mutant("priority kept", "T2", () -> inversion(true).defect(Defect.PRIORITY_KEPT)),
                mutant("nothing is lent", "T3", () -> inversion(false).fact("pi_locks", "0")),
                mutant("every wake-up begins anew", "T4", () -> sleepers(anew())),
                mutant("budget not replenished", "T5", () -> hogs(withoutTimer())),
                mutant("more than was asked for", "T6", () -> hogs(generous())),
                mutant("the latest deadline runs", "T7", () -> sleepers(latest())),
                mutant("served every other time", "T8", () -> hogs(lazy())));
    }

    /// The same machines with nothing broken.
    static List<Supplier<Lab>> sound() {
        return List.of(
                () -> turns(policy -> policy),
                () -> levels(policy -> policy),
                () -> inversion(true),
                RealTimeMutants::waiters,
                () -> sleepers(new DeadlinePolicy(false)),
                () -> hogs(new DeadlinePolicy(false)));
    }

    private static Mutant mutant(String name, String law, Supplier<Lab> lab) {
        return new Mutant("linux", name, law, () -> lab.get().run(END_NS).report());
    }

    // ---------------------------------------------------------------- machines

    private static Lab ticking(Policy... classes) {
        CostProfile profile =
                CostProfile.named("ticks").constant("hz", 250).constant("tick_phase_ns", 0).build();
        return new Lab().profile(profile).classes(classes);
    }

    private static TaskSpec rt(String name, int priority) {
        return TaskSpec.of(name, 0).withPriority(priority);
    }

    private static Lab turns(UnaryOperator<Policy> broken) {
        Lab lab = ticking(broken.apply(new RealTimePolicy()));
        for (String name : List.of("a", "b")) {
            lab.thread(
                    rt(name, 5).with(SchedAttributes.POLICY, SchedAttributes.RR),
                    compute(num(400 * MS)));
        }
        return lab;
    }

    private static Lab levels(UnaryOperator<Policy> broken) {
        return ticking(broken.apply(new RealTimePolicy()))
                .thread(rt("low", 1), compute(num(200 * MS)))
                .thread(
                        rt("high", 2),
                        repeat(num(5), ask(Asks.SLEEP, num(10 * MS)), compute(num(MS))));
    }

    private static Lab inversion(boolean inherits) {
        Lab lab = ticking(new RealTimePolicy());
        Statement lock = ask(Asks.LOCK, num(0));
        Statement unlock = ask(Asks.UNLOCK, num(0));
        lab.with(m -> {
            if (inherits) {
                m.locks().createPiMutex("m");
            } else {
                m.locks().createMutex("m");
            }
        });
        return lab.thread(rt("low", 1), lock, compute(num(10 * MS)), unlock, compute(num(5 * MS)))
                .thread(rt("mid", 2), ask(Asks.SLEEP, num(MS)), compute(num(50 * MS)))
                .thread(rt("high", 3), ask(Asks.SLEEP, num(2 * MS)), lock, unlock);
    }

    /// An ordinary thread waits for a mutex, then two real-time threads do, the more urgent one
    /// last.
    private static Lab waiters() {
        Statement lock = ask(Asks.LOCK, num(0));
        Statement unlock = ask(Asks.UNLOCK, num(0));
        return ticking(new RealTimePolicy(), new FifoPolicy())
                .mutex("m")
                .thread("holder", lock, compute(num(10 * MS)), unlock, compute(num(5 * MS)))
                .thread("patient", ask(Asks.SLEEP, num(MS)), lock, compute(num(MS)), unlock)
                .thread(rt("low", 1), ask(Asks.SLEEP, num(2 * MS)), lock, compute(num(MS)), unlock)
                .thread(rt("high", 2), ask(Asks.SLEEP, num(3 * MS)), lock, unlock);
    }

    private static TaskSpec deadline(String name, long runtimeMs, long periodMs) {
        return TaskSpec.of(name, 0)
                .with(SchedAttributes.DL_RUNTIME_NS, runtimeMs * MS)
                .with(SchedAttributes.DL_DEADLINE_NS, periodMs * MS);
    }

    /// Two tasks within their bandwidths, that wake while their deadlines are ahead and after.
    private static Lab sleepers(Policy deadlineClass) {
        Lab lab = ticking(deadlineClass, new FifoPolicy());
        lab.thread("hog", compute(num(600 * MS)));
        for (long period : new long[] {20, 50}) {
            lab.thread(
                    deadline("dl" + period, 10, period),
                    repeat(
                            num(8),
                            compute(num(3 * MS)),
                            ask(Asks.SLEEP, num(MS)),
                            compute(num(2 * MS)),
                            ask(Asks.SLEEP, num(45 * MS))));
        }
        return lab;
    }

    private static Lab hogs(Policy deadlineClass) {
        Lab lab = ticking(deadlineClass, new FifoPolicy());
        lab.thread(deadline("a", 10, 30), compute(num(600 * MS)));
        lab.thread(deadline("b", 10, 50), compute(num(600 * MS)));
        return lab.thread("hog", compute(num(600 * MS)));
    }

    // ---------------------------------------------------------------- policies

    private static Policy toTheHead(Policy policy) {
        return new Delegating(policy) {
            @Override
            public void stopping(int task, int cpu, long ranNs, boolean runnable, long nowNs) {
                super.stopping(task, cpu, ranNs, runnable, nowNs);
                if (runnable) {
                    super.dequeue(task, LOWERED, nowNs);
                    super.enqueue(task, LOWERED, nowNs);
                }
            }
        };
    }

    private static Policy patient(Policy policy) {
        return new Delegating(policy) {
            @Override
            public boolean wakeupPreempt(int task, int current, int cpu, long nowNs) {
                return false;
            }
        };
    }

    private static Policy anew() {
        return new Delegating(new DeadlinePolicy(false)) {
            @Override
            public void enqueue(int task, int flags, long nowNs) {
                super.enqueue(task, flags | NEW, nowNs);
            }
        };
    }

    private static Policy withoutTimer() {
        return new Delegating(new DeadlinePolicy(false)) {
            @Override
            public void timer(long nowNs) {} // nobody gets a new budget
        };
    }

    private static Policy latest() {
        DeadlinePolicy deadline = new DeadlinePolicy(false);
        return new Delegating(deadline) {
            private @Nullable SchedContext context;

            @Override
            public void init(SchedContext given) {
                context = given;
                super.init(given);
            }

            @Override
            public int pickNext(int cpu, long nowNs) {
                int first = super.pickNext(cpu, nowNs);
                int found = first;
                Tasks tasks = Objects.requireNonNull(context).tasks();
                for (int task = 0; first != Tasks.NO_TASK && task < tasks.count(); task++) {
                    boolean waits = tasks.classIndex(task) == 0 && tasks.isRunnable(task);
                    if (waits && deadline.deadlineNs(task) > deadline.deadlineNs(found)) {
                        found = task;
                    }
                }
                return found;
            }
        };
    }

    /// Everybody gets twice the runtime that was asked for.
    private static Policy generous() {
        return new Delegating(new DeadlinePolicy(false)) {
            @Override
            public void init(SchedContext context) {
                Tasks doubled =
                        passing(
                                Tasks.class,
                                context.tasks(),
                                (name, args, result) ->
                                        name.equals("parameter")
                                                        && args[1].equals(
                                                                SchedAttributes.DL_RUNTIME_NS)
                                                ? 2 * (long) result
                                                : result);
                super.init(
                        passing(
                                SchedContext.class,
                                context,
                                (name, args, result) -> name.equals("tasks") ? doubled : result));
            }
        };
    }

    /// What is to be answered instead of a result.
    private interface Instead {
        @Nullable Object of(String method, Object[] args, @Nullable Object result);
    }

    private static <T> T passing(Class<T> type, T to, Instead instead) {
        return type.cast(
                Proxy.newProxyInstance(
                        type.getClassLoader(),
                        new Class<?>[] {type},
                        (proxy, method, args) ->
                                instead.of(
                                        method.getName(),
                                        args == null ? new Object[0] : args,
                                        method.invoke(to, args))));
    }

    private static Policy lazy() {
        return new Delegating(new DeadlinePolicy(false)) {
            @Override
            public int pickNext(int cpu, long nowNs) {
                return nowNs / (60 * MS) % 2 == 0 ? Tasks.NO_TASK : super.pickNext(cpu, nowNs);
            }
        };
    }
}
