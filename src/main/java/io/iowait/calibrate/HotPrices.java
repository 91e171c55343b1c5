package io.iowait.calibrate;

import io.iowait.kernel.Cost;
import io.iowait.kernel.CostProfile;
import java.util.List;
import java.util.Locale;

/// Four prices of a hot kernel that lie between the events of the recorded ping-pong: a switch to
/// the next task's own code, a pipe call to its data, the end of a pipe call after its wait, the
/// way to the switch of one that blocks.
///
/// Each of four recorded intervals is a sum of them, and one follows from the others. So three
/// prices follow from the first, and that one is fitted (see [Fit]).
///
/// @param switchNs a switch to the next task's own code, p50
public record HotPrices(double switchNs) {
    /// To enter and leave a system call, hot.
    private static final double CALL_NS = 85;

    /// From one wake-up to what the call does next: `wake_next` of the profile.
    private static final double WAKE_NEXT_NS = 98;

    /// One recorded interval, and what the prices of a profile make of it.
    public record Interval(String name, double recordedNs, double pricesNs) {
        /// As a share of what was recorded.
        public double error() {
            return pricesNs / recordedNs - 1;
        }
    }

    /// Recorded medians of `pipe_pingpong`, eight runs, in ns; docs/decisions.md#hot-prices.
    private enum Recorded {
        BLOCK_TO_WAKE_OF_BLOCKED(656),
        BLOCK_TO_WAKE_OF_PREEMPTED(765),
        PREEMPT_TO_BLOCK(1114),
        WAKE_TO_BLOCK(572);

        private final double ns;

        Recorded(double ns) {
            this.ns = ns;
        }
    }

    /// From a pipe call to its data moved.
    double pipeNs() {
        return (Recorded.BLOCK_TO_WAKE_OF_PREEMPTED.ns - 2 * CALL_NS - switchNs) / 2;
    }

    /// Finishing a pipe call after its wait.
    double pipeAgainNs() {
        return Recorded.BLOCK_TO_WAKE_OF_BLOCKED.ns - CALL_NS - switchNs - pipeNs();
    }

    /// From the decision to sleep to the switch. Two intervals have it, and differ by 16 ns: the
    /// mean.
    double blockNs() {
        double ofPreempted =
                Recorded.PREEMPT_TO_BLOCK.ns
                        - switchNs
                        - pipeAgainNs()
                        - 2 * CALL_NS
                        - 2 * pipeNs();
        double ofWaking = Recorded.WAKE_TO_BLOCK.ns - WAKE_NEXT_NS - CALL_NS - pipeNs();
        return (ofPreempted + ofWaking) / 2;
    }

    /// The prices of a profile, of which three need not be what follows from the first.
    static HotPrices of(CostProfile profile) {
        return new HotPrices(profile.hotMedianNs(Cost.SWITCH_IN));
    }

    /// A machine like that of a profile, but with these prices.
    CostProfile in(CostProfile profile) {
        HotPrices before = of(profile);
        return profile.hotMore(Cost.SWITCH_IN, Math.round(switchNs - before.switchNs))
                .hotMore(Cost.PIPE, Math.round(pipeNs() - before.pipeNs()))
                .hotMore(Cost.PIPE_AGAIN, Math.round(pipeAgainNs() - before.pipeAgainNs()))
                .hotMore(Cost.BLOCK, Math.round(blockNs() - before.blockNs()));
    }

    /// The four intervals, recorded and by the prices of a profile.
    static List<Interval> intervals(CostProfile profile) {
        double switchNs = profile.hotMedianNs(Cost.SWITCH_IN);
        double pipeNs = profile.hotMedianNs(Cost.PIPE);
        double againNs = profile.hotMedianNs(Cost.PIPE_AGAIN);
        double blockNs = profile.hotMedianNs(Cost.BLOCK);
        return List.of(
                interval(Recorded.BLOCK_TO_WAKE_OF_BLOCKED, switchNs + againNs + CALL_NS + pipeNs),
                interval(Recorded.BLOCK_TO_WAKE_OF_PREEMPTED, switchNs + 2 * (CALL_NS + pipeNs)),
                interval(
                        Recorded.PREEMPT_TO_BLOCK,
                        switchNs + againNs + 2 * (CALL_NS + pipeNs) + blockNs),
                interval(Recorded.WAKE_TO_BLOCK, WAKE_NEXT_NS + CALL_NS + pipeNs + blockNs));
    }

    private static Interval interval(Recorded recorded, double ns) {
        return new Interval(
                "pingpong_" + recorded.name().toLowerCase(Locale.ROOT), recorded.ns, ns);
    }
}
