package io.iowait.invariant;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/// The primitive collections against those of the JDK.
class CollectionsProperties {
    @Property(tries = 100, seed = "1")
    void aLongMapAgreesWithAHashMap(@ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        LongMap map = new LongMap();
        Map<Long, Long> oracle = new HashMap<>();
        for (int k = 0; k < 2000; k++) {
            long key = random.nextInt(2) == 0 ? random.nextInt(40) : random.nextLong() >> 59 << 57;
            long value = random.nextInt(100);
            Long old;
            long got;
            if (random.nextInt(3) > 0) {
                old = oracle.put(key, value);
                got = map.put(key, value);
            } else {
                old = oracle.remove(key);
                got = map.remove(key);
            }
            assertThat(got).isEqualTo(old == null ? LongMap.MISSING : old);
            assertThat(map.size()).isEqualTo(oracle.size());
        }
        oracle.forEach((key, value) -> assertThat(map.get(key)).isEqualTo(value));
    }

    @Property(tries = 100, seed = "1")
    void idListsAgreeWithArrayLists(@ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        IdLists lists = new IdLists();
        List<List<Integer>> oracle =
                List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (int k = 0; k < 500; k++) {
            Integer id = random.nextInt(12);
            int list = random.nextInt(3);
            oracle.forEach(ids -> ids.remove((Object) id));
            switch (random.nextInt(3)) {
                case 0 -> {
                    lists.append(list, id);
                    oracle.get(list).addLast(id);
                }
                case 1 -> {
                    lists.prepend(list, id);
                    oracle.get(list).addFirst(id);
                }
                default -> lists.remove(id);
            }
            for (int l = 0; l < 3; l++) {
                assertThat(ids(lists, l)).isEqualTo(oracle.get(l));
            }
        }
    }

    private static List<Integer> ids(IdLists lists, int list) {
        List<Integer> ids = new ArrayList<>();
        for (int id = lists.first(list); id != IdLists.NONE; id = lists.next(id)) {
            assertThat(lists.listOf(id)).isEqualTo(list);
            ids.add(id);
        }
        return ids;
    }
}
