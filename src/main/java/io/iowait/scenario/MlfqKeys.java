package io.iowait.scenario;

import io.iowait.sched.policy.MlfqPolicy;
import java.util.ArrayList;
import java.util.List;

/// The keys that set up a multi-level feedback queue.
final class MlfqKeys {
    static final String POLICY = "mlfq";

    static final Key LEVELS =
            new Key(
                            "levels",
                            new Domain.Levels(),
                            "3",
                            "mlfq: how many, quanta doubling from `slice`; or quantum:turns of each")
                    .quiet();
    static final Key BOOST =
            new Key(
                            "boost",
                            new Domain.TimeOr("auto"),
                            "auto",
                            "mlfq: period of the boost, 0: none (auto: 50 slices)")
                    .quiet();
    static final Key STAY_AFTER_IO =
            Key.flag("stay_after_io", false, "mlfq: who blocks gets its quantum and allotment anew")
                    .quiet();
    static final Key IO_BUMP =
            Key.flag("io_bump", false, "mlfq: who wakes goes to the head of its queue").quiet();

    static final List<String> NAMES =
            List.of(LEVELS.name(), BOOST.name(), STAY_AFTER_IO.name(), IO_BUMP.name());

    private static final int SLICES_TO_BOOST = 50;

    private MlfqKeys() {}

    static MlfqPolicy.Options options(Settings settings, long sliceNs) {
        String boost = settings.word(BOOST.name());
        return new MlfqPolicy.Options(
                levels(settings.word(LEVELS.name()), sliceNs),
                boost.equals("auto") ? SLICES_TO_BOOST * sliceNs : settings.timeNs(BOOST.name()),
                settings.flag(STAY_AFTER_IO.name()),
                settings.flag(IO_BUMP.name()));
    }

    private static List<MlfqPolicy.Level> levels(String word, long sliceNs) {
        List<MlfqPolicy.Level> levels = new ArrayList<>();
        if (Domain.Levels.isCount(word)) {
            for (int i = 0; i < Integer.parseInt(word); i++) {
                levels.add(new MlfqPolicy.Level(sliceNs << i, Domain.Levels.TURNS));
            }
            return levels;
        }
        for (String level : word.split(",")) {
            int colon = level.indexOf(':');
            levels.add(
                    new MlfqPolicy.Level(
                            Units.timeNs(LEVELS.name(), level.substring(0, colon)),
                            Integer.parseInt(level.substring(colon + 1))));
        }
        return levels;
    }
}
