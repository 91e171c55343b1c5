package io.iowait.sched.linux;

import io.iowait.sched.SchedContext;
import io.iowait.sched.Tasks;
import io.iowait.tracepoint.FairState;

/// One CPU's queue of the fair class: who is eligible, whose virtual deadline is first, where one
/// that comes is placed.
///
/// The *current* task is the one that runs, or ran last and has not been put back; it is counted
/// but is not in the tree. With `W` the sum of the weights of all that are queued and `S` the sum
/// of `weight * (vruntime - origin)`, the average is `V = origin + floor(S / W)`, and a task is
/// eligible when its virtual runtime is at most V. The origin only keeps the sums small.
///
/// A task that blocks while it is ahead of its share stays queued, *delayed*, and competes on until
/// it is picked, which ends its stay, or is woken.
///
/// Source: Linux 6.18 `kernel/sched/fair.c`; Stoica & Abdel-Wahab 1995 (EEVDF).
final class EevdfQueue {
    private static final int NONE = Tasks.NO_TASK;

    /// An origin farther than this from a task that comes is moved.
    private static final long KEY_NS_MAX = 1L << 28;

    private final FairEntities e;
    private final FairRules rules;
    private final FairTree tree;
    private final FairTold told;
    private final int number;
    private final long tickNs;

    private long originNs;

    /// Of those in the tree.
    private long weightSum;

    private long keySum;

    private int current = NONE;
    private long chargedUntilNs;
    private int queued;

    EevdfQueue(FairEntities entities, FairRules rules, int number, SchedContext context) {
        this.e = entities;
        this.rules = rules;
        this.tree = new FairTree(entities);
        this.number = number;
        this.told = new FairTold(this, entities, number, context);
        this.tickNs = context.tickNs() == Long.MAX_VALUE ? 0 : context.tickNs();
    }

    int current() {
        return current;
    }

    /// All that are queued: the current one and the delayed too.
    int queued() {
        return queued;
    }

    /// In the tree, and not only delayed: the first in order that satisfies nobody else's claim.
    FairTree tree() {
        return tree;
    }

    // ---------------------------------------------------------------- time

    /// Charges the current task until now; returns whether it should let others run.
    boolean charge(long nowNs) {
        int task = current;
        if (!isOn(task) || nowNs - chargedUntilNs <= 0) {
            return false;
        }
        long ranNs = nowNs - chargedUntilNs;
        long virtualNs = e.virtualNs(task, ranNs);
        e.vruntimeNs(task, e.vruntimeNs(task) + virtualNs);
        told.charged(task, virtualNs, ranNs);
        chargedUntilNs = nowNs;
        boolean expired = e.vruntimeNs(task) - e.deadlineNs(task) >= 0;
        if (expired) {
            renewSlice(task);
            e.deadlineNs(task, e.vruntimeNs(task) + e.virtualNs(task, e.sliceNs(task)));
            told.renewed(task);
        }
        return queued > 1 && (expired || !mayGoOn(task));
    }

    private boolean mayGoOn(int task) {
        return rules.protectVirtual() ? isProtected(task) : !lostToShort(task);
    }

    /// Before 6.17: a task whose protection a short request has ended lets go once it is not
    /// eligible.
    private boolean lostToShort(int task) {
        return rules.preemptShort() && !isProtected(task) && !isEligible(task);
    }

    private void renewSlice(int task) {
        if (!e.hasCustomSlice(task)) {
            e.sliceNs(task, rules.sliceNs());
        }
    }

    // ---------------------------------------------------------------- average and lag

    /// The average virtual runtime, weighted; of an empty queue, as it was last.
    long averageNs() {
        long weights = weightSum;
        long keys = keySum;
        if (isOn(current)) {
            weights += e.weight(current);
            keys += keyOf(current);
        }
        return weights == 0 ? originNs : originNs + Math.floorDiv(keys, weights);
    }

    boolean isEligible(int task) {
        return e.vruntimeNs(task) - averageNs() <= 0;
    }

    private long keyOf(int task) {
        return (e.vruntimeNs(task) - originNs) * e.weight(task);
    }

    /// What the task is owed, in virtual time, within the bounds in which it may be kept.
    private long lagNs(int task) {
        long limit = e.virtualNs(task, Math.max(2 * e.sliceNs(task), tickNs));
        return Math.clamp(averageNs() - e.vruntimeNs(task), -limit, limit);
    }

    private boolean isOn(int task) {
        return task != NONE && e.queue(task) == number;
    }

    // ---------------------------------------------------------------- coming and going

    /// A task joins; the current one has been charged.
    void enqueue(int task, boolean isNew) {
        place(task, isNew);
        e.queue(task, number);
        queued++;
        told.placed(task);
        if (task != current) {
            insert(task);
        }
    }

    private void place(int task, boolean isNew) {
        long averageNs = averageNs();
        renewSlice(task);
        long sliceNs = e.virtualNs(task, e.sliceNs(task));
        long lag = 0;
        if (rules.placeLag() && queued > 0 && e.lagNs(task) != 0) {
            // it moves the average when it joins: enlarged so that its lag is then as kept
            long weights = weightSum + (isOn(current) ? e.weight(current) : 0);
            lag = e.lagNs(task) * (weights + e.weight(task)) / Math.max(1, weights);
        }
        e.vruntimeNs(task, averageNs - lag);
        if (e.isRelative(task)) {
            e.relative(task, false);
            e.deadlineNs(task, e.deadlineNs(task) + e.vruntimeNs(task));
            return;
        }
        if (isNew && rules.placeInitial()) {
            sliceNs /= 2;
        }
        e.deadlineNs(task, e.vruntimeNs(task) + sliceNs);
    }

    /// The current task blocks or ends, or any leaves for another queue or class.
    void dequeue(int task, boolean sleeps, boolean ends) {
        if (sleeps && rules.delayDequeue() && !isEligible(task)) {
            e.delayed(task, true);
            told.stays(FairState.DELAY, task);
            return;
        }
        e.lagNs(task, lagNs(task));
        told.leaves(sleeps ? FairState.SLEEP : FairState.MOVE, task);
        boolean comesBack = !sleeps && !ends && !e.isDelayed(task);
        remove(task);
        if (comesBack) {
            e.deadlineNs(task, e.deadlineNs(task) - e.vruntimeNs(task));
            e.relative(task, true);
        }
    }

    private void remove(int task) {
        if (queued == 1) {
            originNs = averageNs();
            keySum = 0;
        }
        if (task == current) {
            current = NONE; // it may come back, of another class meanwhile, and still run
        } else {
            takeOut(task);
        }
        e.delayed(task, false);
        e.queue(task, FairEntities.OFF);
        queued--;
    }

    /// A delayed task that was picked leaves for good; what it would be owed is forgotten.
    private void removeDelayed(int task) {
        e.lagNs(task, Math.min(0, lagNs(task)));
        told.leaves(FairState.DROP, task);
        remove(task);
    }

    /// A delayed task is woken. Its lag is judged before the running one is charged.
    void wakeDelayed(int task) {
        e.delayed(task, false);
        if (lagNs(task) <= 0) {
            told.stays(FairState.KEEP, task);
            return;
        }
        if (task != current) {
            takeOut(task);
        }
        e.queue(task, FairEntities.OFF);
        queued--;
        e.lagNs(task, 0);
        place(task, false);
        e.queue(task, number);
        queued++;
        told.placed(task);
        if (task != current) {
            insert(task);
        }
    }

    private void insert(int task) {
        if (weightSum == 0 && !isOn(current)) {
            originNs = e.vruntimeNs(task);
        } else if (Math.abs(e.vruntimeNs(task) - originNs) > KEY_NS_MAX) {
            moveOrigin();
        }
        weightSum += e.weight(task);
        keySum += keyOf(task);
        tree.insert(task);
    }

    private void takeOut(int task) {
        tree.remove(task);
        weightSum -= e.weight(task);
        keySum -= keyOf(task);
    }

    private void moveOrigin() {
        long by = averageNs() - originNs;
        originNs += by;
        keySum -= by * weightSum;
    }

    // ---------------------------------------------------------------- choosing

    /// Who runs next, or [Tasks#NO_TASK]; delayed tasks that would are dropped.
    int pick(boolean protects) {
        int task = choose(protects);
        while (task != NONE && e.isDelayed(task)) {
            removeDelayed(task);
            task = choose(protects);
        }
        return task;
    }

    private int choose(boolean protects) {
        if (queued <= 1) {
            return isOn(current) ? current : tree.first();
        }
        long averageNs = averageNs();
        boolean currentMay = isOn(current) && e.vruntimeNs(current) - averageNs <= 0;
        if (currentMay && protects && isProtected(current)) {
            return current;
        }
        int best = tree.firstNotAfter(averageNs);
        if (currentMay && (best == NONE || e.deadlineNs(current) - e.deadlineNs(best) < 0)) {
            return current;
        }
        return best;
    }

    /// The task begins to run. One that goes on keeps what is left of its protection.
    ///
    /// @param clockNs from when on it is charged
    void setCurrent(int task, long clockNs, long nowNs) {
        if (task != current) {
            putCurrent();
            takeOut(task);
            protect(task);
            current = task;
            chargedUntilNs = clockNs;
        }
        told.runs(task, nowNs - chargedUntilNs);
    }

    /// The current task has left the CPU.
    void putCurrent() {
        int task = current;
        if (isOn(task)) {
            current = NONE;
            insert(task);
        }
        current = NONE;
    }

    // ---------------------------------------------------------------- protection

    private void protect(int task) {
        if (!rules.protectVirtual()) {
            e.protectedNs(task, e.deadlineNs(task));
            return;
        }
        long least = rules.runToParity() ? tree.leastSliceNs() : rules.protectNs();
        long untilNs = e.deadlineNs(task);
        if (least < e.sliceNs(task)) {
            untilNs = earlier(untilNs, e.vruntimeNs(task) + e.virtualNs(task, least));
        }
        e.protectedNs(task, untilNs);
    }

    private boolean isProtected(int task) {
        if (rules.protectVirtual()) {
            return e.protectedNs(task) - e.vruntimeNs(task) > 0;
        }
        return rules.runToParity() && e.protectedNs(task) == e.deadlineNs(task);
    }

    private void dropProtection(int task) {
        if (isProtected(task)) {
            e.protectedNs(
                    task, rules.protectVirtual() ? e.vruntimeNs(task) : e.deadlineNs(task) + 1);
        }
    }

    private static long earlier(long a, long b) {
        return a - b < 0 ? a : b;
    }

    /// Whether a woken task makes the current one let go; the current one has been charged unless
    /// their policies decide.
    boolean isPreempted(int task, long nowNs) {
        boolean lets = test(task, nowNs);
        told.tested(task, current, lets);
        return lets;
    }

    private boolean test(int task, long nowNs) {
        if (e.isIdle(current) && !e.isIdle(task)) {
            dropProtection(current);
            return true;
        }
        if (e.isIdle(current) != e.isIdle(task) || e.isBatch(task) || e.isIdle(task)) {
            return false;
        }
        boolean lets = charge(nowNs);
        boolean isShort = rules.preemptShort() && e.sliceNs(task) < e.sliceNs(current);
        if (!rules.protectVirtual()) {
            if (isShort && shortMayGo(task)) {
                dropProtection(current);
            }
            return choose(true) == task || lets;
        }
        if (contender(!isShort) == task) {
            if (isShort) {
                dropProtection(current);
            }
            return true;
        }
        if (isShort && rules.runToParity()) {
            long least = Math.min(tree.leastSliceNs(), e.sliceNs(current));
            long untilNs = e.vruntimeNs(current) + e.virtualNs(current, least);
            e.protectedNs(current, earlier(e.protectedNs(current), untilNs));
        }
        return lets;
    }

    private int contender(boolean protects) {
        return rules.testDropsDelayed() ? pick(protects) : choose(protects);
    }

    /// Before 6.17: whether the protection of the current task ends because of a shorter request.
    private boolean shortMayGo(int task) {
        boolean earlier = e.deadlineNs(task) - e.deadlineNs(current) < 0;
        return isEligible(task) && (earlier || !isEligible(current));
    }

    // ---------------------------------------------------------------- yielding

    /// The current task, charged, gives up the rest of its request.
    void yield() {
        int task = current;
        if (queued <= 1 || !isOn(task)) {
            return;
        }
        long sliceNs = e.virtualNs(task, e.sliceNs(task));
        if (rules.yieldForfeits()) {
            if (!isEligible(task)) {
                return;
            }
            e.vruntimeNs(task, e.deadlineNs(task));
        }
        e.deadlineNs(task, e.deadlineNs(task) + sliceNs);
        told.yielded(task);
    }

    // ---------------------------------------------------------------- audit

    /// Whether the sums are those of the tasks in the tree, which is in order.
    String audit() {
        long weights = 0;
        long keys = 0;
        int count = isOn(current) ? 1 : 0;
        int before = NONE;
        for (int task = tree.first(); task != NONE; task = tree.next(task)) {
            weights += e.weight(task);
            keys += keyOf(task);
            count++;
            if (before != NONE && e.deadlineNs(task) - e.deadlineNs(before) < 0) {
                return "the tree is not in order of deadline: task=" + task;
            }
            before = task;
        }
        if (weights != weightSum || keys != keySum || count != queued) {
            return "the sums are wrong: weights=%d/%d keys=%d/%d queued=%d/%d"
                    .formatted(weightSum, weights, keySum, keys, queued, count);
        }
        return "";
    }
}
