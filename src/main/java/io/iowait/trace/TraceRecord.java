package io.iowait.trace;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.Kind;
import java.util.ArrayList;
import java.util.List;

/// One record taken out of its block, to be kept and shown.
public record TraceRecord(
        long seq, long t, int kind, int cpu, int task, long a, long b, long cause) {

    static TraceRecord of(Block block, int i) {
        return new TraceRecord(
                block.seq(i),
                block.t(i),
                block.kind(i),
                block.cpu(i),
                block.task(i),
                block.a(i),
                block.b(i),
                block.cause(i));
    }

    /// One line for people, with tasks by name.
    public String describe(Facts facts) {
        boolean isSwitch = kind == Kind.SCHED_SWITCH;
        String first = isSwitch ? facts.taskName((int) a) : Long.toString(a);
        String because = cause == Block.NO_CAUSE ? "" : " cause=#" + cause;
        return "#%d t=%dns cpu=%d %s task=%s(%d) a=%s b=%d%s"
                .formatted(
                        seq,
                        t,
                        cpu,
                        Kind.name(kind),
                        facts.taskName(task),
                        task,
                        first,
                        b,
                        because);
    }

    /// Names of the fields in which two records differ.
    List<String> differences(TraceRecord other) {
        List<String> names = new ArrayList<>();
        note(names, "t", t, other.t);
        note(names, "kind", kind, other.kind);
        note(names, "cpu", cpu, other.cpu);
        note(names, "task", task, other.task);
        note(names, "a", a, other.a);
        note(names, "b", b, other.b);
        note(names, "cause", cause, other.cause);
        return names;
    }

    private static void note(List<String> names, String name, long one, long other) {
        if (one != other) {
            names.add(name);
        }
    }
}
