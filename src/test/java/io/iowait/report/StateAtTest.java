package io.iowait.report;

import static io.iowait.report.Story.D;
import static io.iowait.report.Story.IDLE;
import static io.iowait.report.Story.R;
import static io.iowait.report.Story.S;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.iowait.trace.Recorder;
import io.iowait.tracepoint.Irq;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.LoopQueue;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateAtTest {
    private static String at(Story story, long ns) {
        return story.to(new StateAt(ns)).text(Look.plain());
    }

    @Test
    void saysWhoRunsWhoIsNextWhoWaitsAndWhoSleeps() {
        assertThat(at(TimelineTest.story(), 4_000))
                .isEqualTo(
                        """
                        at 4.0 µs

                        CPU 0  runs disk<io> since 3.0 µs (1.0 µs); then alpha from 5.0 µs
                        CPU 1  idle since 0 ns (4.0 µs); then gamma from 6.0 µs

                        1 waits for a CPU, by class and by who came first:
                             task   class  CPU   since     for  because
                          1  alpha         any  3.0 µs  1.0 µs  gave way to disk<io>

                        task      state     since     for  CPU  in
                        alpha     R waits  3.0 µs  1.0 µs    0
                        disk<io>  R runs   3.0 µs  1.0 µs    0  read(7)
                        """);
        assertThat(at(TimelineTest.story(), 9_000))
                .contains("CPU 0  idle, a task of it in D sleep, since 8.0 µs (1.0 µs)\n")
                .contains("nobody waits for a CPU")
                .contains("alpha     S sleeps")
                .contains("nanosleep(100)")
                .contains("disk<io>  D sleeps (disk)")
                .contains("gamma     X dead");
        assertThat(at(TimelineTest.story(), 2_500))
                .contains("runs alpha since 0 ns (2.5 µs); in interrupt (timer) since 2.0 µs");
    }

    @Test
    void aTraceAtRestIsReadNoFurtherThanToWhatComesNext(@TempDir Path folder) {
        Path trace = folder.resolve("small.iowt");
        try (Recorder recorder = Recorder.create(trace, Recorder.Options.standard())) {
            TimelineTest.story().to(recorder);
        }
        for (long ns : new long[] {0, 4_000, 12_000, 50_000}) {
            assertThat(StateAt.read(trace, ns).text(Look.plain()))
                    .isEqualTo(at(TimelineTest.story(), ns));
        }
        assertThat(StateAt.read(trace, 50_000).text(Look.plain()))
                .startsWith("at 50.0 µs; the run was left at 12.0 µs\n");
    }

    @Test
    void theQueueIsToldByClassAndArrivalWithTheReasons() {
        Story story =
                new Story()
                        .fact("classes", "priority rr")
                        .fact("traits.1", "per-cpu exact")
                        .at(0)
                        .run(0, IDLE, R, 9)
                        .tell(Kind.ENQUEUE, 0, 1, 1, 0)
                        .tell(Kind.SCHED_WAKING, 0, 1, 9, 0)
                        .wakeup(1, 3)
                        .at(1_000)
                        .irq(0, Irq.DEVICE, true)
                        .tell(Kind.ENQUEUE, 0, 2, 0, 0)
                        .tell(Kind.SCHED_WAKING, 0, 2, 9, 1)
                        .wakeup(2, 0)
                        .wakeup(3, 0)
                        .at(2_000);
        assertThat(at(story, 2_000))
                .contains(
                        """
                        3 wait for a CPU, by class and by who came first:
                             task    class     CPU   since     for  because
                          1  task-3            any  1.0 µs  1.0 µs
                          2  task-2  priority  any  1.0 µs  1.0 µs  woken in an interrupt (device)
                          3  task-1  rr          3    0 ns  2.0 µs  woken by task-9
                        """);
    }

    @Test
    void locksHaveHoldersAndALine() {
        Story story =
                new Story()
                        .fact("lock_name.3", "table")
                        .at(0)
                        .run(0, IDLE, R, 0)
                        .tell(Kind.LOCK_ACQUIRE, 0, 0, 3, -1)
                        .run(0, 0, S, 1)
                        .tell(Kind.LOCK_WAIT, 0, 1, 3, 0)
                        .run(0, 1, S, 2)
                        .at(1_000)
                        .tell(Kind.LOCK_WAIT, 0, 2, 3, 0)
                        .run(0, 2, S, IDLE)
                        .at(2_000);
        assertThat(at(story, 2_000))
                .contains(
                        """
                        held or waited for  by                 waiters, first in line first
                        mutex table         task-0 for 2.0 µs  task-1 (2.0 µs), task-2 (1.0 µs)
                        """)
                .contains("waits for mutex table, held by task-0");
        story.tell(Kind.LOCK_RELEASE, 0, 0, 3, -1).wakeup(1, 0).at(3_000);
        assertThat(at(story, 3_000))
                .contains(
                        "mutex table         nobody  task-1 (awake, tries again), task-2 (2.0 µs)");
    }

    @Test
    void aTraceThatBeginsInTheMiddleNamesTheHolderThatAWaiterFound() {
        Story story = new Story().at(0).tell(Kind.LOCK_WAIT, 0, 0, 3, 1).at(10);
        assertThat(at(story, 10)).contains("lock 3              task-1  task-0");
    }

    @Test
    void aDeviceServesTheOldestRequestsAndTheOthersStandInLine() {
        Story story =
                new Story()
                        .fact("device.1", "disk")
                        .fact("channels.1", 1)
                        .fact("syscalls", "read")
                        .at(0)
                        .run(0, IDLE, R, 0)
                        .tell(Kind.REQUEST_SUBMIT, 0, 0, 7, 1)
                        .tell(Kind.SYS_ENTER, 0, 0, 0, 4)
                        .run(0, 0, D, 1)
                        .tell(Kind.REQUEST_SUBMIT, 0, 1, 8, 1)
                        .at(1_000);
        assertThat(at(story, 1_000))
                .contains(
                        """
                        device  at once  in service            queued                done, not yet taken
                        disk          1  7 of task-0 (1.0 µs)  8 of task-1 (1.0 µs)  -
                        """)
                .contains("read(4): disk, request 7");
        story.at(2_000).tell(Kind.REQUEST_COMPLETE, -1, -1, 7, 1).at(3_000);
        assertThat(at(story, 3_000))
                .contains("disk          1  8 of task-1 (3.0 µs)  -       7 of task-0 (3.0 µs)");
        story.tell(Kind.REQUEST_DELIVER, 0, 0, 7, 1).at(4_000);
        assertThat(at(story, 4_000)).contains("disk          1  8 of task-1 (4.0 µs)  -       -");
    }

    @Test
    void semaphoresBarriersConditionsAndPipesAreNamedWithThoseWhoSleepThere() {
        Story story =
                new Story()
                        .fact("syscalls", "futex_wait barrier cond_wait read wait4")
                        .fact("lock_name.5", "slots")
                        .fact("semaphore.5", 2)
                        .fact("barrier_name.0", "start")
                        .fact("barrier.0", 2)
                        .fact("descriptor.9", "pipe p (to read)")
                        .at(0)
                        .tell(Kind.LOCK_ACQUIRE, 0, 7, 5, 1)
                        .tell(Kind.LOCK_ACQUIRE, 0, 7, 5, 1)
                        .tell(Kind.LOCK_RELEASE, 0, 7, 5, 1)
                        .tell(Kind.LOCK_ACQUIRE, 0, 7, 5, 1);
        int[] arguments = {5, 0, 2, 9};
        for (int task = 0; task < arguments.length; task++) {
            story.run(0, IDLE, R, task)
                    .tell(Kind.SYS_ENTER, 0, task, task, arguments[task])
                    .run(0, task, S, IDLE);
        }
        story.run(0, IDLE, R, 4)
                .tell(Kind.SYS_ENTER, 0, 4, 4, 0)
                .tell(Kind.LOCK_WAIT, 0, 4, 1L << 32, 0)
                .run(0, 4, S, IDLE)
                .at(1_000);
        assertThat(at(story, 1_000))
                .contains("semaphore slots            0 left  task-0 (1.0 µs)")
                .contains("barrier start (2 parties)          task-1 (1.0 µs)")
                .contains("condition 2                        task-2 (1.0 µs)")
                .contains("pipe p (to read)                   task-3 (1.0 µs)")
                .contains("waits for the end of task-0");
    }

    @Test
    void aSleepSaysWhenItEnds() {
        Story story =
                new Story()
                        .fact("syscalls", "nanosleep")
                        .at(0)
                        .run(0, IDLE, R, 0)
                        .tell(Kind.SYS_ENTER, 0, 0, 0, 5_000)
                        .tell(Kind.TIMER_START, 0, 0, 0, 5_000)
                        .run(0, 0, S, IDLE)
                        .at(9_000);
        assertThat(at(story, 1_000)).contains("nanosleep(5000), until 5.0 µs at the latest");
        story.tell(Kind.TIMER_EXPIRE, 0, 0, 0, 5_000);
        assertThat(at(story, 9_000)).contains("nanosleep(5000)\n");
    }

    @Test
    void aLoopTellsItsQueuesInOrder() {
        Story story =
                new Story()
                        .at(0)
                        .run(0, IDLE, R, 0)
                        .tell(Kind.CALLBACK_POST, 0, 0, 11, 5)
                        .tell(Kind.CALLBACK_POST, 0, 0, 14, 5)
                        .tell(Kind.CALLBACK_POST, 0, 0, 12, 5)
                        .tell(Kind.CALLBACK_POST, 0, 0, 13, 5)
                        .tell(Kind.CALLBACK_POST, 0, 0, 15, LoopQueue.pack(5, LoopQueue.TICK))
                        .tell(Kind.CALLBACK_CANCEL, 0, 0, 12, 5)
                        .tell(Kind.LOOP_ITERATION, 0, 0, 5, 9)
                        .tell(Kind.CALLBACK_BEGIN, 0, 0, 11, 5)
                        .at(10);
        assertThat(at(story, 10))
                .contains(
                        """
                        loop 5 on task-0: iteration 9, inside callback 11
                          ready: 14, 13
                          nextTick: 15
                        """);
        story.tell(Kind.CALLBACK_BEGIN, 0, 0, 14, 5)
                .tell(Kind.CALLBACK_BEGIN, 0, 0, 13, 5)
                .tell(Kind.CALLBACK_BEGIN, 0, 0, 15, LoopQueue.pack(5, LoopQueue.TICK))
                .at(20);
        assertThat(at(story, 20)).contains("inside callback 15\n  nothing is ready\n");
    }

    @Test
    void aLoopsTimersStandUntilTheyArePostedOrTakenBack() {
        Story story =
                new Story()
                        .at(0)
                        .tell(Kind.LOOP_TIMER_START, 0, 0, 9_000, 5)
                        .tell(Kind.LOOP_TIMER_START, 0, 0, 4_000, 5)
                        .at(10);
        assertThat(at(story, 10)).contains("  timers at: 4.0 µs, 9.0 µs\n");
    }

    @Test
    void aPoolHasJobsInProgressAndInLine() {
        Story story =
                new Story()
                        .fact("tasks.3-4", "worker")
                        .at(0)
                        .tell(Kind.JOB_SUBMIT, 0, 0, 1, 3)
                        .tell(Kind.JOB_SUBMIT, 0, 0, 2, 3)
                        .tell(Kind.JOB_SUBMIT, 0, 0, 6, 3)
                        .tell(Kind.JOB_BEGIN, 0, 4, 1, 3)
                        .tell(Kind.JOB_CANCEL, 0, 0, 6, 3)
                        .at(10);
        assertThat(at(story, 10)).contains("pool of worker.0: busy with 1 (worker.1); queued: 2\n");
    }

    @Test
    void manyTasksAreSummedUp() {
        Story crowd = new Story().at(0);
        for (int task = 0; task < 100; task++) {
            crowd.born(task);
        }
        assertThat(at(crowd, 0))
                .contains("100 wait for a CPU")
                .contains("  and 88 more\n")
                .contains("and 60 more: 60 waits");
    }

    @Test
    void rejectsANegativeTime() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new StateAt(-1))
                .withMessageContaining("atNs=-1");
    }
}
