package io.iowait.invariant;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TaskState;
import java.util.Optional;

/// I3: who sleeps in a read for a request sleeps, S or D as the device has it, until the request is
/// done.
///
/// D ends with the completion only; S may end with a signal, or when another thread closes or wakes
/// the file. After the completion the reader is delivered what it waited for.
///
/// Source: Linux 6.18 `block/fops.c` (`TASK_UNINTERRUPTIBLE` around `blk_io_schedule`).
final class SleepsUntilDone extends Law {
    private final LongMap inFlight = new LongMap(); // descriptor → its request
    private final LongMap sleeps = new LongMap(); // descriptor → state in which one waits for it
    private final LongMap stateAt = new LongMap(); // device → the same
    private CallsInProgress calls = new CallsInProgress(io.iowait.tracepoint.Facts.none());

    SleepsUntilDone() {
        super("I3", "a blocked read sleeps until its request is done", Scope.IO);
    }

    @Override
    public long kindsBefore() {
        return CallsInProgress.KINDS | Kind.mask(Kind.SCHED_WAKING, Kind.SCHED_SWITCH);
    }

    @Override
    public long kindsNeeded() {
        return Kind.mask(
                Kind.SYS_ENTER, Kind.REQUEST_SUBMIT, Kind.REQUEST_COMPLETE, Kind.SCHED_WAKING);
    }

    @Override
    public Optional<String> skip(Setting setting) {
        return CallsInProgress.areNamed(setting.facts())
                ? Optional.empty()
                : Optional.of("the facts do not name the calls");
    }

    @Override
    public void begin(World world) {
        calls = new CallsInProgress(world.setting().facts());
    }

    @Override
    public void before(World world, Block block, int i) {
        calls.update(world, block, i);
        switch (block.kind(i)) {
            case Kind.REQUEST_SUBMIT -> {
                long file = calls.fileOfRequest(block.a(i));
                if (file != CallsInProgress.NONE) {
                    inFlight.put(file, block.a(i));
                    sleeps.put(file, sleepAt(world, block.b(i)));
                }
            }
            case Kind.REQUEST_COMPLETE -> {
                inFlight.remove(calls.fileOfRequest(block.a(i)));
                calls.forgetRequest(block.a(i));
            }
            case Kind.SCHED_WAKING -> waking(world, block, i);
            case Kind.SCHED_SWITCH -> fallsAsleep(world, block, i);
            default -> {}
        }
    }

    /// The state in which one waits for the device, or 0 when the facts do not say.
    private long sleepAt(World world, long device) {
        long known = stateAt.get(device);
        if (known == LongMap.MISSING) {
            String fact = world.setting().facts().get("sleep." + device, "");
            known = fact.equals("D") ? TaskState.DISK : fact.isEmpty() ? 0 : TaskState.SLEEPING;
            stateAt.put(device, known);
        }
        return known;
    }

    private void fallsAsleep(World world, Block block, int i) {
        int state = TaskState.left(block.b(i));
        long file = calls.fileReadBy(block.task(i));
        if (file == CallsInProgress.NONE || !TaskState.isBlocked(state)) {
            return;
        }
        long expected = inFlight.contains(file) ? Math.max(0, sleeps.get(file)) : 0;
        if (expected != 0) {
            evaluated();
            if (expected != state) {
                violated(
                        block,
                        i,
                        () ->
                                "%s waits for a device in %s instead of %s"
                                        .formatted(
                                                world.setting().name(block.task(i)),
                                                StateNames.of(state),
                                                StateNames.of((int) expected)));
            }
        }
    }

    private void waking(World world, Block block, int i) {
        int task = block.task(i);
        int state = world.state(task);
        long file = calls.fileReadBy(task);
        if (file == CallsInProgress.NONE || !TaskState.isBlocked(state)) {
            return;
        }
        evaluated();
        long request = inFlight.get(file);
        int cause = world.kindOf(block.cause(i), block.seq(i));
        boolean excused =
                state != TaskState.DISK
                        && (cause == Kind.SIGNAL_GENERATE || cause == Kind.SYS_ENTER);
        if (request != LongMap.MISSING && !excused) {
            violated(
                    block,
                    i,
                    () ->
                            "%s is woken from %s in a read, but request %d is not done"
                                    .formatted(
                                            world.setting().name(task),
                                            StateNames.of(state),
                                            request));
        }
    }
}
