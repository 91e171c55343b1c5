package io.iowait.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;

/// The queue against a sorted list, under random commands over few ids, times and ranks, so that
/// most keys tie.
class EventQueueProperties {
    private static final int IDS = 24;

    enum Verb {
        ARM,
        ARM_ORDERED,
        CANCEL,
        POLL,
        PEEK,
        REPLACE
    }

    record Command(Verb verb, int id, long timeNs, int rank, int order) {}

    record Armed(int id, long timeNs, int rank, long order) {
        static final Comparator<Armed> ORDER =
                Comparator.comparingLong(Armed::timeNs)
                        .thenComparingInt(Armed::rank)
                        .thenComparingLong(Armed::order)
                        .thenComparingInt(Armed::id);
    }

    /// The oracle: slow and obvious.
    static final class SortedList {
        private final List<Armed> armed = new ArrayList<>();
        private long sequence = 1L << 40;

        void arm(int id, long timeNs, int rank) {
            armOrdered(id, timeNs, rank, sequence++);
        }

        void armOrdered(int id, long timeNs, int rank, long order) {
            cancel(id);
            armed.add(new Armed(id, timeNs, rank, order));
            armed.sort(Armed.ORDER);
        }

        boolean cancel(int id) {
            return armed.removeIf(event -> event.id == id);
        }

        int poll() {
            return armed.isEmpty() ? EventQueue.NONE : armed.removeFirst().id;
        }

        long timeNs(int id) {
            return armed.stream()
                    .filter(event -> event.id == id)
                    .mapToLong(Armed::timeNs)
                    .findAny()
                    .orElse(Time.NEVER);
        }

        int peek() {
            return armed.isEmpty() ? EventQueue.NONE : armed.getFirst().id;
        }

        long peekTimeNs() {
            return armed.isEmpty() ? Time.NEVER : armed.getFirst().timeNs;
        }
    }

    @Property(seed = "1")
    void agreesWithASortedList(
            @ForAll("commands") List<Command> commands,
            @ForAll @IntRange(min = 1, max = 8) int nearMax,
            @ForAll @IntRange(min = 0, max = 4) int approachMax) {
        EventQueue events = new EventQueue(3, (handler, arg) -> {}, nearMax, approachMax);
        SortedList oracle = new SortedList();
        for (int id = 0; id < IDS; id++) {
            events.allot(id, -id);
        }
        for (Command command : commands) {
            apply(command, events, oracle);
            assertThat(events.size()).isEqualTo(oracle.armed.size());
            assertThat(events.timeNs(command.id)).isEqualTo(oracle.timeNs(command.id));
        }
        while (!events.isEmpty()) {
            assertThat(events.poll()).isEqualTo(oracle.poll());
        }
        assertThat(oracle.armed).isEmpty();
    }

    private static void apply(Command command, EventQueue events, SortedList oracle) {
        int id = command.id;
        switch (command.verb) {
            case ARM -> {
                events.arm(id, command.timeNs, command.rank);
                oracle.arm(id, command.timeNs, command.rank);
            }
            case ARM_ORDERED -> {
                events.armOrdered(id, command.timeNs, command.rank, command.order);
                oracle.armOrdered(id, command.timeNs, command.rank, command.order);
            }
            case CANCEL -> assertThat(events.cancel(id)).isEqualTo(oracle.cancel(id));
            case POLL -> assertThat(events.poll()).isEqualTo(oracle.poll());
            case PEEK -> {
                assertThat(events.peekTimeNs()).isEqualTo(oracle.peekTimeNs());
                assertThat(events.peek()).isEqualTo(oracle.peek());
            }
            case REPLACE -> {
                assertThat(events.cancel(id)).isEqualTo(oracle.cancel(id));
                events.release(id);
                assertThat(events.allot(id, -id)).isEqualTo(id);
            }
        }
    }

    @Provide
    Arbitrary<List<Command>> commands() {
        Arbitrary<Verb> verbs =
                Arbitraries.frequency(
                        Tuple.of(6, Verb.ARM),
                        Tuple.of(3, Verb.ARM_ORDERED),
                        Tuple.of(2, Verb.CANCEL),
                        Tuple.of(3, Verb.POLL),
                        Tuple.of(2, Verb.PEEK),
                        Tuple.of(1, Verb.REPLACE));
        Arbitrary<Long> times =
                Arbitraries.frequencyOf(
                        Tuple.of(4, Arbitraries.longs().between(0, 3)),
                        Tuple.of(2, Arbitraries.longs().between(0, 5000)),
                        Tuple.of(2, Arbitraries.integers().between(0, 62).map(bit -> 1L << bit)),
                        Tuple.of(1, Arbitraries.longs().between(0, Time.NEVER - 1)));
        Arbitrary<Integer> ranks = Arbitraries.of(0, 1, 15);
        return Combinators.combine(
                        verbs,
                        Arbitraries.integers().between(0, IDS - 1),
                        times,
                        ranks,
                        Arbitraries.of(0, 1, EventQueue.ORDER_COUNT - 1))
                .as(Command::new)
                .list()
                .ofMaxSize(300);
    }
}
