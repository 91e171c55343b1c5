package io.iowait.tracepoint;

import java.util.List;

/// What a queue of virtual deadlines tells when something changes in it.
///
///     b = value (bits 4-63, signed) | what (bits 0-3)
///
/// | what | a | value |
/// |---|---|---|
/// | [#PLACE] | virtual runtime | how far its deadline is ahead |
/// | [#CHARGE] | how far its virtual runtime goes on | ns on the CPU since the last charge |
/// | [#RENEW] | how far its deadline is ahead | the request, in ns of real time |
/// | [#RUN] | how long it is protected | how far the clock up to which it is charged is behind, ns |
/// | [#TEST_STAYS], [#TEST_LETS] | how long the current task is protected then | the current task |
/// | [#YIELD] | virtual runtime | how far its deadline is ahead |
/// | [#DELAY], [#KEEP] | 0 | its lag |
/// | [#SLEEP], [#MOVE], [#DROP] | the lag that is kept | its lag |
///
/// Virtual times are ns of a task of nice 0; deadlines and protections are told from the virtual
/// runtime on. A lag is the average of the queue minus the virtual runtime.
public final class FairState {
    /// The task joins the queue, or is put anew when it is woken while it is delayed.
    public static final int PLACE = 0;

    /// The current task is charged.
    public static final int CHARGE = 1;

    /// The current task's request is used up and it makes another one.
    public static final int RENEW = 2;

    /// The task was picked and is the current one from now on, or still is.
    public static final int RUN = 3;

    /// The task was woken, and the current one goes on.
    public static final int TEST_STAYS = 4;

    /// The task was woken, and the current one is to let go.
    public static final int TEST_LETS = 5;

    /// The current task gives up the rest of its request.
    public static final int YIELD = 6;

    /// The task blocks and stays in the queue, delayed.
    public static final int DELAY = 7;

    /// The task is woken while it is delayed, and stays as it is.
    public static final int KEEP = 8;

    /// The task leaves: it blocks.
    public static final int SLEEP = 9;

    /// The task leaves: for another queue or class, or for ever.
    public static final int MOVE = 10;

    /// The task was delayed, was picked, and leaves.
    public static final int DROP = 11;

    private static final List<String> NAMES =
            List.of(
                    "place",
                    "charge",
                    "renew",
                    "run",
                    "test_stays",
                    "test_lets",
                    "yield",
                    "delay",
                    "keep",
                    "sleep",
                    "move",
                    "drop");

    private static final int SHIFT = 4;
    private static final long MASK = (1L << SHIFT) - 1;

    private FairState() {}

    public static long pack(int what, long value) {
        return value << SHIFT | what;
    }

    public static int what(long b) {
        return (int) (b & MASK);
    }

    public static long value(long b) {
        return b >> SHIFT;
    }

    /// What people call it.
    public static String name(int what) {
        return what < NAMES.size() ? NAMES.get(what) : "what " + what;
    }
}
