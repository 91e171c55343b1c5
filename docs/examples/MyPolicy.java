import io.iowait.sched.Policy;
import io.iowait.sched.SchedContext;
import io.iowait.sched.Tasks;
import java.util.ArrayList;
import java.util.List;

/// Whoever has had the CPU least goes on: a scheduler to start from.
public class MyPolicy implements Policy {
    private final List<Integer> waiting = new ArrayList<>();
    private Tasks tasks;

    @Override
    public void init(SchedContext context) { // once, before anything else
        tasks = context.tasks();
    }

    @Override
    public void enqueue(int task, int flags, long nowNs) { // it wants to run
        waiting.add(task);
    }

    @Override
    public void dequeue(int task, int flags, long nowNs) { // it sleeps, or has ended
        waiting.remove((Integer) task);
    }

    @Override
    public int pickNext(int cpu, long nowNs) { // who is next?
        int best = Tasks.NO_TASK;
        for (int task : waiting) {
            boolean less = best < 0 || tasks.sumExecNs(task) < tasks.sumExecNs(best);
            if (tasks.isRunnable(task) && tasks.allowedOn(task, cpu) && less) {
                best = task;
            }
        }
        return best;
    }

    @Override
    public long sliceNs(int task) { // how long, before it is asked again
        return 1_000_000;
    }

    @Override
    public String explain(int task, int cpu) { // shown with --explain
        return "has had " + tasks.sumExecNs(task) / 1000 + " us";
    }

    @Override
    public String name() {
        return "mine";
    }
}
