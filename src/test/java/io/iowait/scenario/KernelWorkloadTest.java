package io.iowait.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.iowait.engine.Draws;
import io.iowait.engine.SplitMix64;
import io.iowait.invariant.LawBook;
import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TaskState;
import io.iowait.tracepoint.TraceConsumer;
import io.iowait.tracepoint.Tracer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class KernelWorkloadTest {
    private static final String WORKLOAD =
            """
            {"name": "w", "duration_ns": %d, "cpus": 1, "timer_slack_ns": 50000,
             "objects": [["mutex", "m"], ["sem", "s", 0]], "threads": [%s]}\
            """;

    /// A record: time, kind and task.
    private record Told(long t, int kind, int task, long a, long b) {}

    @Test
    void periodsCountFromZeroAndRepliesCountRepetitions() {
        List<Told> told =
                run(10_000_000, thread("a", "FIFO", "[\"run\", 100000], [\"period\", 1000000]"));
        assertThat(times(told, Kind.REQUEST_END, 0))
                .containsExactly(
                        1_000_000L,
                        2_000_000L,
                        3_000_000L,
                        4_000_000L,
                        5_000_000L,
                        6_000_000L,
                        7_000_000L,
                        8_000_000L,
                        9_000_000L,
                        10_000_000L);
    }

    @Test
    void drawsAreThoseOfTheThreadsOwnGenerator() {
        List<Told> told =
                run(
                        1_000_000,
                        thread("x", "OTHER", "[\"pause\"]"),
                        thread(
                                "a",
                                "FIFO",
                                "[\"run_rand\", 100, 199], [\"sleep_rand\", 1000, 1999]"));
        long state = SplitMix64.next(0x1234567L + 7919);
        long ran = 100 + Long.remainderUnsigned(SplitMix64.mix(state), 100);
        state += Draws.GOLDEN;
        long slept = 1000 + Long.remainderUnsigned(SplitMix64.mix(state), 1000);
        assertThat(times(told, Kind.REQUEST_END, 1)).first().isEqualTo(ran + slept);
    }

    @Test
    void loopsRepeatAndNest() {
        List<Told> told =
                run(
                        1000,
                        thread(
                                "a",
                                "FIFO",
                                "[\"loop\", 2], [\"run\", 10], [\"loop\", 3], [\"run\", 100], [\"endloop\"],"
                                        + " [\"endloop\"], [\"pause\"]"));
        List<Long> ends = new ArrayList<>();
        told.stream()
                .filter(r ->
                        r.kind == Kind.SCHED_SWITCH && r.task == 0 && r.b == TaskState.SLEEPING)
                .forEach(r -> ends.add(r.t));
        assertThat(ends).containsExactly(620L);
    }

    @Test
    void childrenRunAndAreJoined() {
        List<Told> told =
                run(
                        1000,
                        thread(
                                "a",
                                "FIFO",
                                "[\"spawn\", 30], [\"spawn\", 40], [\"join\"], [\"pause\"]"));
        assertThat(told.stream().filter(r -> r.kind == Kind.SCHED_PROCESS_EXIT && r.a == 0).count())
                .isGreaterThanOrEqualTo(2);
    }

    @Test
    void realTimeThreadsStartFirstAndNobodyRunsBeforeAllAreAwake() {
        List<Told> told =
                run(
                        1000,
                        thread("o", "OTHER", "[\"run\", 10], [\"pause\"]"),
                        thread("f", "FIFO", "[\"run\", 10], [\"pause\"]"));
        List<Integer> woken =
                told.stream()
                        .filter(r -> r.kind == Kind.SCHED_WAKEUP_NEW && r.task < 2)
                        .map(Told::task)
                        .toList();
        assertThat(woken).containsExactly(1, 0);
        List<Long> switchedTo =
                told.stream()
                        .filter(r -> r.kind == Kind.SCHED_SWITCH && r.a >= 0 && r.a < 2)
                        .map(Told::a)
                        .toList();
        assertThat(switchedTo).containsExactly(1L, 0L);
    }

    @Test
    void aSleepIsAsLateAsTheFilesTimerSlackLetsItBe() {
        String sleeper = thread("a", "OTHER", "[\"sleep\", 100000]");
        assertThat(repetitions(sleeper, 1)).isBetween(700, 1000);
        assertThat(repetitions(sleeper, 50_000)).isBetween(550, 667);
        assertThat(repetitions(sleeper, 900_000)).isBetween(90, 101);
    }

    /// How often a thread's program is repeated in 100 ms.
    private static int repetitions(String thread, int slackNs) {
        String json = WORKLOAD.formatted(100_000_000, thread).replace("50000", "" + slackNs);
        List<Told> told = told(KernelWorkload.of(json, 1, "linux-6.18-vm"));
        return times(told, Kind.REQUEST_END, 0).size();
    }

    /// Recorded on 6.18: a FIFO thread that waits for a futex is woken before ordinary ones.
    @Test
    void realTimeThreadsAreTheFirstToBeWokenAtALock() {
        String turn = "[\"lock\", \"m\"], [\"run\", %d], [\"unlock\", \"m\"], [\"pause\"]";
        List<Told> told =
                run(
                        10_000_000,
                        thread("holder", "OTHER", turn.formatted(5_000_000)),
                        thread("o", "OTHER", "[\"sleep\", 1000], " + turn.formatted(1000)),
                        thread("f", "FIFO", "[\"sleep\", 2000], " + turn.formatted(1000)));
        assertThat(told.stream().filter(r -> r.kind == Kind.LOCK_ACQUIRE).map(Told::task))
                .containsExactly(0, 2, 1);
    }

    @Test
    void locksAndSemaphoresAreTheKernels() {
        LawBook laws = new LawBook();
        KernelWorkload workload =
                workload(
                        20_000_000,
                        "linux-6.18-vm",
                        thread(
                                "a",
                                "OTHER",
                                "[\"lock\", \"m\"], [\"run\", 50000], [\"unlock\", \"m\"]"),
                        thread(
                                "b",
                                "OTHER",
                                "[\"lock\", \"m\"], [\"sleep\", 50000], [\"unlock\", \"m\"]"),
                        thread("p", "OTHER", "[\"post\", \"s\"], [\"sleep\", 1000000]"),
                        thread("q", "OTHER", "[\"wait\", \"s\"], [\"yield\"]"));
        workload.build(new Tracer(List.of(laws))).toEnd();
        assertThat(laws.report().hasViolations()).as(laws.report().format()).isFalse();
    }

    @Test
    void theTextIsReadBack() {
        KernelWorkload workload = workload(1000, "zero", thread("a", "FIFO", "[\"run\", 10]"));
        KernelWorkload again = KernelWorkload.parse(workload.text());
        assertThat(again.text()).isEqualTo(workload.text()).contains("\"name\": \"w\"");
        assertThat(again.kind()).isEqualTo("workload");
    }

    @Test
    void itsMachineMayHaveTimersForTurnsAndAnotherModelOfPreemption() {
        KernelWorkload plain =
                workload(1000, "linux-6.18-vm", thread("a", "OTHER", "[\"run\", 10]"));
        Scenario full = plain.with(List.of("policy=linux", "hrtick=true", "preempt=full"));
        assertThat(full.text()).contains(" policy=linux hrtick=true preempt=full\n");
        assertThat(KernelWorkload.parse(full.text()).text()).isEqualTo(full.text());
        assertThatThrownBy(() -> plain.with(List.of("hrtick=true")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("hrtick");
    }

    @Test
    void equalTextsGiveEqualTraces() {
        KernelWorkload workload =
                workload(
                        30_000_000,
                        "linux-6.18-vm",
                        thread("a", "OTHER", "[\"run\", 10000], [\"sleep\", 50000]"));
        List<Told> first = told(workload);
        assertThat(told(KernelWorkload.parse(workload.text()))).isEqualTo(first).isNotEmpty();
    }

    @Test
    void whatCannotBeRunIsRefusedByName() {
        requireRefused(thread("a", "OTHER", "[\"read\", \"p\", 1]"), "object=p");
        requireRefused(thread("a", "OTHER", "[\"dance\"]"), "unknown operation: operation=dance");
        requireRefused(thread("a", "DEADLIN", "[\"run\", 1]"), "policy of thread a");
        requireRefused(thread("a", "DEADLINE", "[\"run\", 1]"), "EINVAL");
        requireRefused(thread("a", "OTHER", "[\"lock\", \"x\"]"), "object=x");
        requireRefused(thread("a", "OTHER", "[\"run\", -1]"), "not negative");
        requireRefused(thread("a", "OTHER", "[\"loop\", 2]"), "without an endloop");
        requireRefused(thread("a", "OTHER", "[\"endloop\"]"), "without a loop");
        requireRefused(thread("a", "OTHER", ""), "empty");
        requireRefused("", "needs threads");
        assertThatThrownBy(() -> KernelWorkload.of("{", 1, "zero"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("JSON");
        assertThatThrownBy(() -> KernelWorkload.parse("{}"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("seed=");
    }

    private static void requireRefused(String thread, String what) {
        assertThatThrownBy(() -> workload(1000, "zero", thread))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(what);
    }

    private static String thread(String name, String policy, String program) {
        return "{\"name\": \"%s\", \"policy\": \"%s\", \"rt_priority\": 10, \"program\": [%s]}"
                .formatted(name, policy, program);
    }

    private static KernelWorkload workload(long durationNs, String profile, String... threads) {
        return KernelWorkload.of(
                WORKLOAD.formatted(durationNs, String.join(",", threads)), 1, profile);
    }

    private static List<Told> run(long durationNs, String... threads) {
        return told(workload(durationNs, "zero", threads));
    }

    private static List<Told> told(KernelWorkload workload) {
        List<Told> told = new ArrayList<>();
        TraceConsumer keep =
                (Block block) -> {
                    for (int i = 0; i < block.count(); i++) {
                        told.add(
                                new Told(
                                        block.t(i),
                                        block.kind(i),
                                        block.task(i),
                                        block.a(i),
                                        block.b(i)));
                    }
                };
        workload.build(new Tracer(List.of(keep))).toEnd();
        return told;
    }

    private static List<Long> times(List<Told> told, int kind, int task) {
        return told.stream().filter(r -> r.kind == kind && r.task == task).map(Told::t).toList();
    }
}
