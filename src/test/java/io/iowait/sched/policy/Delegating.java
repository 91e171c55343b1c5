package io.iowait.sched.policy;

import io.iowait.sched.Policy;
import io.iowait.sched.SchedContext;

/// A policy that passes every operation on: a mutant overrides what it gets wrong.
public class Delegating implements Policy {
    private final Policy policy;

    public Delegating(Policy policy) {
        this.policy = policy;
    }

    @Override
    public void init(SchedContext context) {
        policy.init(context);
    }

    @Override
    public void enqueue(int task, int flags, long nowNs) {
        policy.enqueue(task, flags, nowNs);
    }

    @Override
    public void dequeue(int task, int flags, long nowNs) {
        policy.dequeue(task, flags, nowNs);
    }

    @Override
    public int pickNext(int cpu, long nowNs) {
        return policy.pickNext(cpu, nowNs);
    }

    @Override
    public String name() {
        return policy.name();
    }

    @Override
    public void running(int task, int cpu, long nowNs) {
        policy.running(task, cpu, nowNs);
    }

    @Override
    public void stopping(int task, int cpu, long ranNs, boolean runnable, long nowNs) {
        policy.stopping(task, cpu, ranNs, runnable, nowNs);
    }

    @Override
    public long sliceNs(int task) {
        return policy.sliceNs(task);
    }

    @Override
    public boolean sliceEnd(int task, int cpu, long nowNs) {
        return policy.sliceEnd(task, cpu, nowNs);
    }

    @Override
    public boolean tick(int task, int cpu, long nowNs) {
        return policy.tick(task, cpu, nowNs);
    }

    @Override
    public boolean wakeupPreempt(int task, int current, int cpu, long nowNs) {
        return policy.wakeupPreempt(task, current, cpu, nowNs);
    }

    @Override
    public void yield(int task, int cpu, long nowNs) {
        policy.yield(task, cpu, nowNs);
    }

    @Override
    public void timer(long nowNs) {
        policy.timer(nowNs);
    }

    @Override
    public String slicing() {
        return policy.slicing();
    }

    @Override
    public long sliceBoundNs() {
        return policy.sliceBoundNs();
    }

    @Override
    public String traits() {
        return policy.traits();
    }

    @Override
    public String parameters() {
        return policy.parameters();
    }
}
