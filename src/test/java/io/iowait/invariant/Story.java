package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.CpuTime;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TaskState;
import io.iowait.tracepoint.TaskTime;
import io.iowait.tracepoint.TraceConsumer;
import java.util.ArrayList;
import java.util.List;

/// A trace told by hand, a verb a record: `new Story().at(0).born(1).run(0, 1).block(0, 1, S)`.
///
/// The compound verbs ([#born], [#wake], [#block], ...) tell the records in the kernel's order; the
/// single ones ([#switchTo], [#wakeupNew], ...) tell what no kernel should.
final class Story {
    static final int S = TaskState.SLEEPING;
    static final int D = TaskState.DISK;
    static final int R = TaskState.RUNNABLE;
    static final int X = TaskState.DEAD;
    static final int IDLE = -1;

    private final Facts.Builder facts = Facts.builder().put("cpus", 2).put("source", "emulated");
    private final List<long[]> records = new ArrayList<>();
    private long firstSeq;
    private long t;
    private int policyClass;

    /// Adds a fact; two CPUs and `source=emulated` are there.
    Story fact(String key, Object value) {
        facts.put(key, value);
        return this;
    }

    /// The trace is cut at its head.
    Story cutBefore(long seq) {
        firstSeq = seq;
        return this;
    }

    Story at(long ns) {
        t = ns;
        return this;
    }

    Story after(long ns) {
        return at(t + ns);
    }

    /// The class of enqueues and dequeues from here on.
    Story ofClass(int index) {
        policyClass = index;
        return this;
    }

    Story record(int kind, int cpu, int task, long a, long b, long cause) {
        records.add(new long[] {kind, t, cpu, task, a, b, cause});
        return this;
    }

    Story record(int kind, int cpu, int task, long a, long b) {
        return record(kind, cpu, task, a, b, Block.NO_CAUSE);
    }

    /// Sequence number of the latest record.
    long last() {
        return firstSeq + records.size() - 1;
    }

    // What a kernel does

    /// Forked by nobody and woken for the first time on a CPU.
    Story born(int task, int cpu) {
        return fork(task).wakeupNew(task, cpu).enqueue(task, cpu);
    }

    /// `cpu` wakes a sleeper onto `target`; the cause is the latest record.
    Story wake(int cpu, int task, int target, int left) {
        return early(cpu, task, target, left).enqueue(task, target);
    }

    /// Waking and wakeup, without an enqueue.
    Story early(int cpu, int task, int target, int left) {
        record(Kind.SCHED_WAKING, cpu, task, IDLE, 0, last());
        return record(Kind.SCHED_WAKEUP, cpu, task, target, left, last());
    }

    Story block(int cpu, int task, int next, int state) {
        return dequeue(task, cpu).switchTo(cpu, task, next, state);
    }

    Story preempt(int cpu, int task, int next) {
        return needResched(cpu, task).switchTo(cpu, task, next, R);
    }

    /// From idle.
    Story run(int cpu, int task) {
        return switchTo(cpu, IDLE, task, R);
    }

    Story exit(int cpu, int task, int next) {
        return record(Kind.SCHED_PROCESS_EXIT, cpu, task, 0, 0).block(cpu, task, next, X);
    }

    // Single records

    Story fork(int task) {
        return record(Kind.SCHED_PROCESS_FORK, -1, -1, task, 0);
    }

    Story wakeupNew(int task, int cpu) {
        return record(Kind.SCHED_WAKEUP_NEW, cpu, task, cpu, 0);
    }

    Story enqueue(int task, int cpu) {
        return record(Kind.ENQUEUE, cpu, task, policyClass, 0);
    }

    Story dequeue(int task, int cpu) {
        return record(Kind.DEQUEUE, cpu, task, policyClass, 0);
    }

    Story switchTo(int cpu, int previous, int next, int state) {
        return record(Kind.SCHED_SWITCH, cpu, previous, next, state);
    }

    Story needResched(int cpu, int task) {
        return record(Kind.SET_NEED_RESCHED, cpu, task, 0, 0);
    }

    Story migrate(int task, int from, int to) {
        return record(Kind.SCHED_MIGRATE_TASK, from, task, from, to);
    }

    Story signal(int task) {
        return record(Kind.SIGNAL_GENERATE, 0, task, 9, -1);
    }

    Story irq(int cpu, int line) {
        return record(Kind.IRQ_HANDLER_ENTRY, cpu, IDLE, line, 0);
    }

    Story irqEnd(int cpu, int line) {
        return record(Kind.IRQ_HANDLER_EXIT, cpu, IDLE, line, 0);
    }

    Story timer(long id, long hardNs) {
        return record(Kind.TIMER_START, 0, IDLE, id, hardNs);
    }

    Story expire(long id, long softNs) {
        return record(Kind.TIMER_EXPIRE, 0, IDLE, id, softNs);
    }

    Story cancelTimer(long id) {
        return record(Kind.TIMER_CANCEL, 0, IDLE, id, 0);
    }

    Story submit(int task, long request) {
        return record(Kind.REQUEST_SUBMIT, 0, task, request, 0);
    }

    Story complete(long request) {
        return record(Kind.REQUEST_COMPLETE, 0, IDLE, request, 0);
    }

    /// A request of nobody in particular, from submission to completion.
    Story io(long request) {
        return submit(IDLE, request).complete(request);
    }

    Story deliver(int task, long request) {
        return record(Kind.REQUEST_DELIVER, 0, task, request, 0);
    }

    Story enter(int task, int call, long argument) {
        return record(Kind.SYS_ENTER, 0, task, call, argument);
    }

    Story leave(int task, int call) {
        return record(Kind.SYS_EXIT, 0, task, call, 0);
    }

    Story waitLock(int task, long lock, int holder) {
        return record(Kind.LOCK_WAIT, 0, task, lock, holder);
    }

    Story acquire(int task, long lock) {
        return record(Kind.LOCK_ACQUIRE, 0, task, lock, 0);
    }

    Story release(int task, long lock) {
        return record(Kind.LOCK_RELEASE, 0, task, lock, 0);
    }

    Story ran(int task, long ns) {
        return record(Kind.SCHED_STAT_RUNTIME, 0, task, ns, 0);
    }

    Story iteration(long loop, long number) {
        return record(Kind.LOOP_ITERATION, 0, 1, loop, number);
    }

    Story post(long post, long loop) {
        return record(Kind.CALLBACK_POST, 0, IDLE, post, loop);
    }

    Story cancel(long post, long loop) {
        return record(Kind.CALLBACK_CANCEL, 0, IDLE, post, loop);
    }

    Story begin(long post, long loop) {
        return record(Kind.CALLBACK_BEGIN, 0, IDLE, post, loop);
    }

    Story end(long post, long loop) {
        return record(Kind.CALLBACK_END, 0, IDLE, post, loop);
    }

    Story callback(long post, long loop) {
        return begin(post, loop).end(post, loop);
    }

    /// Accounts of a CPU: user, switch, idle, the rest 0.
    Story cpuAccount(int cpu, long userNs, long switchNs, long idleNs) {
        record(Kind.CPU_ACCOUNT, cpu, IDLE, CpuTime.USER, userNs);
        record(Kind.CPU_ACCOUNT, cpu, IDLE, CpuTime.SWITCH, switchNs);
        return record(Kind.CPU_ACCOUNT, cpu, IDLE, CpuTime.IDLE, idleNs);
    }

    /// Accounts of a task: run, runnable, sleep.
    Story taskAccount(int task, long runNs, long runnableNs, long sleepNs) {
        record(Kind.TASK_ACCOUNT, -1, task, TaskTime.RUN, runNs);
        record(Kind.TASK_ACCOUNT, -1, task, TaskTime.RUNNABLE, runnableNs);
        return record(Kind.TASK_ACCOUNT, -1, task, TaskTime.SLEEP, sleepNs);
    }

    // Reading

    /// Told to a fresh law book with all laws; the run ends at the latest record's time.
    Report report() {
        LawBook book = new LawBook();
        tell(book, Block.CAPACITY);
        return book.report();
    }

    /// Told in blocks of at most `blockSize` records.
    void tell(TraceConsumer consumer, int blockSize) {
        consumer.begin(facts.build());
        Block block = new Block();
        block.reset(firstSeq);
        for (long[] r : records) {
            block.append((int) r[0], r[1], (int) r[2], (int) r[3], r[4], r[5], r[6]);
            if (block.count() == blockSize) {
                consumer.block(block);
                block.reset(block.firstSeq() + blockSize);
            }
        }
        if (block.count() > 0) {
            consumer.block(block);
        }
        consumer.end(t);
    }
}
