package io.iowait.sched.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.iowait.engine.Draws;
import io.iowait.sched.TaskTable;
import io.iowait.sched.Tasks;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

/// The tree answers what a plain list kept in order answers.
class FairTreeProperties {
    private static final int TASKS = 1_000;
    private static final int STEPS = 3_000;

    private final FairEntities entities = new FairEntities();
    private final FairTree tree = new FairTree(entities);
    private final List<Integer> plain = new ArrayList<>();

    /// Deadlines from few different ones, so that the order of coming decides, to all different
    /// ones; the queue grows, shrinks to nothing, and grows again.
    @Property(tries = 40, seed = "1")
    void answersAsAListInOrder(
            @ForAll @LongRange(max = 1L << 40) long seed,
            @ForAll @LongRange(min = 1, max = 1L << 40) long spreadNs,
            @ForAll @IntRange(max = 2) int where) {
        learnAll();
        Draws draws = new Draws(seed);
        long origin = where == 0 ? 0 : where == 1 ? -spreadNs / 2 : Long.MAX_VALUE - spreadNs / 2;
        for (int step = 0; step < STEPS; step++) {
            int task = (int) draws.below(TASKS, 0, 0, step);
            boolean drains = step / 500 % 2 == 1;
            if (plain.contains(task)) {
                leave(task);
            } else if (!drains) {
                entities.deadlineNs(task, origin + draws.below(spreadNs, 1, 0, step));
                entities.vruntimeNs(task, origin + draws.below(spreadNs, 2, 0, step));
                entities.sliceNs(task, 1 + draws.below(3, 3, 0, step));
                come(task);
            } else if (!plain.isEmpty()) {
                leave(plain.get((int) draws.below(plain.size(), 4, 0, step)));
            }
            compare(origin + draws.below(spreadNs, 5, 0, step));
        }
        while (!plain.isEmpty()) {
            compare(origin + spreadNs / 2);
            leave(plain.get(plain.size() / 2));
        }
        compare(origin);
    }

    @Test
    void refusesToRemoveWhoIsNotThere() {
        learnAll();
        come(7);
        assertThatThrownBy(() -> tree.remove(8))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("task=8");
    }

    private void learnAll() {
        TaskTable tasks = new TaskTable(TASKS);
        for (int i = 0; i < TASKS; i++) {
            entities.ensure(tasks.add(0, 0, 0), tasks, 1);
        }
    }

    private void come(int task) {
        tree.insert(task);
        int at = plain.size();
        while (at > 0 && entities.deadlineNs(plain.get(at - 1)) - entities.deadlineNs(task) > 0) {
            at--;
        }
        plain.add(at, task);
    }

    private void leave(int task) {
        tree.remove(task);
        plain.remove((Integer) task);
    }

    private void compare(long limitNs) {
        int eligible = Tasks.NO_TASK;
        long leastSliceNs = Long.MAX_VALUE;
        for (int task : plain.reversed()) {
            eligible = entities.vruntimeNs(task) - limitNs <= 0 ? task : eligible;
            leastSliceNs = Math.min(leastSliceNs, entities.sliceNs(task));
        }
        assertThat(tree.firstNotAfter(limitNs)).isEqualTo(eligible);
        assertThat(tree.leastSliceNs()).isEqualTo(leastSliceNs);
        assertThat(tree.isEmpty()).isEqualTo(plain.isEmpty());
        assertThat(tree.first()).isEqualTo(plain.isEmpty() ? Tasks.NO_TASK : plain.getFirst());
        if (plain.size() % 16 == 0) {
            assertThat(inOrder()).isEqualTo(plain);
        }
    }

    private List<Integer> inOrder() {
        List<Integer> found = new ArrayList<>();
        for (int task = tree.first(); task != Tasks.NO_TASK; task = tree.next(task)) {
            found.add(task);
        }
        return found;
    }
}
