package io.iowait.machine;

import io.iowait.kernel.Cost;
import io.iowait.kernel.CostProfile;
import java.util.List;

/// The built-in machine profiles: what things cost, and where each figure comes from.
///
/// | profile | what it is |
/// |---|---|
/// | `zero` | nothing takes time but the program; no ticks, no slack |
/// | `seed-documents` | round figures that introductions to event loops quote |
/// | `linux-6.18-vm` | a 2-CPU virtual machine with Linux 6.18.44, HZ 250, measured |
public final class Profiles {
    private Profiles() {}

    /// Names of the built-in profiles.
    public static List<String> names() {
        return List.of("zero", "seed-documents", "linux-6.18-vm");
    }

    /// @throws IllegalArgumentException if there is no profile of that name
    public static CostProfile byName(String name) {
        return switch (name) {
            case "zero" -> CostProfile.zero();
            case "seed-documents" -> seedDocuments();
            case "linux-6.18-vm" -> linux618Vm();
            default ->
                    throw new IllegalArgumentException(
                            "unknown profile: profile=" + name + " known=" + names());
        };
    }

    /// The constants that introductions to event loops quote, and nothing else: what they do not
    /// speak of costs nothing. Round figures of orders of magnitude, not measurements.
    ///
    /// | constant | value | origin |
    /// |---|---|---|
    /// | `write` | 1 ms | "a socket write takes about 1 ms": a round trip, told as the cost of the call |
    /// | `hz` | 100 | "a preemptive switch every 10 ms": the tick of Linux until 2.4 |
    /// | `thread_virtual_bytes` | 8 MB | default of `ulimit -s` on Linux, 8 MiB in round figures: 1000 threads, 8 GB |
    /// | `thread_resident_bytes` | 8 MB | the same texts set the stack that is reserved and the memory that is used equal |
    /// | `connection_bytes_epoll` | 2 KB | "a task takes 1 to 2 KB": 1000 tasks, 2 MB |
    ///
    /// The recorded machine says otherwise: 8.6 KB really there a blocked thread, 92 B a connection
    /// of a server around epoll, a switch in 1.1 us and a write in 0.1 us.
    public static CostProfile seedDocuments() {
        return CostProfile.named("seed-documents")
                .cost(Cost.WRITE, 1_000_000)
                .constant("hz", 100)
                .constant("thread_virtual_bytes", 8_000_000)
                .constant("thread_resident_bytes", 8_000_000)
                .constant("connection_bytes_epoll", 2_000)
                .build();
    }

    /// The recorded machine. Prices are p10 / p50 / p90 in ns.
    ///
    /// Source: timelines of recorded scheduler traces (interrupts, switches, wake-ups) and host
    /// micro-benchmarks (system calls, epoll); see docs/reference/profile-linux-6.18-vm.md. The two
    /// refill constants are fitted, see docs/decisions.md#fit.
    public static CostProfile linux618Vm() {
        return CostProfile.named("linux-6.18-vm")
                .cost(Cost.SYSCALL, 80, 90, 105)
                .cost(Cost.TIMER_ARM, 430, 480, 620)
                .cost(Cost.TIMER_PROGRAM, 6000, 6600, 7800)
                .cost(Cost.BLOCK, 290, 450, 630)
                .cost(Cost.SWITCH_IN, 240, 480, 780)
                .cost(Cost.PREEMPT, 190, 220, 400)
                .cost(Cost.IDLE_EXIT, 7800, 8300, 10300)
                .cost(Cost.IRQ_ENTER, 9300, 9800, 10700)
                .cost(Cost.IRQ_ENTER_IDLE, 10300, 10950, 12600)
                .cost(Cost.IRQ_WAKE, 530, 650, 1100)
                .cost(Cost.IRQ_NEXT, 300, 350, 500)
                .cost(Cost.IRQ_TICK, 1600, 3300, 10000)
                .cost(Cost.IRQ_EXIT, 7350, 7750, 8900)
                .cost(Cost.IRQ_EXIT_USER, 900, 950, 1100)
                .cost(Cost.IRQ_TIMERFD, 300, 350, 500)
                .cost(Cost.IRQ_DEVICE, 300, 350, 500)
                .cost(Cost.WAKE, 300, 420, 800)
                .cost(Cost.WAKE_NEXT, 96, 98, 140)
                .cost(Cost.FUTEX, 130, 160, 300)
                .cost(Cost.FUTEX_SHARED, 270, 300, 440)
                .cost(Cost.START, 3000, 4500, 8500)
                .cost(Cost.READ, 50)
                .cost(Cost.WRITE, 50)
                .cost(Cost.TIMERFD_SETTIME, 184)
                .cost(Cost.EPOLL_WAIT, 25)
                .cost(Cost.EPOLL_EVENT, 62)
                .cost(Cost.EPOLL_CTL, 500)
                .cost(Cost.CLONE, 2700, 3750, 4200, 4950, 5850, 6700, 11_700, 25_000)
                .cost(Cost.FORK, 70_000)
                .cost(Cost.EXIT_SPACE, 38_000)
                .cost(Cost.ADDRESS_SPACE, 134)
                .cost(Cost.CLOCK_READ, 18)
                .cost(Cost.YIELD, 93)
                .cost(Cost.GATE, 1100, 1250, 1700)
                .cost(Cost.PIPE, 260, 300, 380)
                .cost(Cost.PIPE_AGAIN, 75, 85, 110)
                .cost(Cost.ASYNCIO_ITERATION, 750, 900, 1000)
                .cost(Cost.ASYNCIO_CALLBACK, 940, 990, 1100)
                .cost(Cost.ASYNCIO_STEP, 1240, 1370, 1500)
                .cost(Cost.ASYNCIO_HANDOFF, 9700, 12_800, 16_000)
                .cost(Cost.ASYNCIO_WORKER, 2300, 2600, 3000)
                .cost(Cost.NODE_ITERATION, 700, 850, 950)
                .cost(Cost.NODE_CALLBACK, 90, 115, 140)
                .cost(Cost.NODE_STEP, 63, 69, 80)
                .cost(Cost.NODE_HANDOFF, 1250, 2700, 3200)
                .constant("poll_grain_ns", 1_000_000)
                .hot(Cost.SWITCH_IN, 240, 268, 279, 287, 297, 315, 520, 1000)
                .hot(Cost.BLOCK, 180, 205, 216, 224, 236, 248, 400, 700)
                .hot(Cost.PREEMPT, 160, 182, 191, 199, 210, 218, 330, 750)
                .hot(Cost.WAKE, 256, 276, 283, 288, 294, 305, 400, 800)
                .hot(Cost.CLONE, 2700, 3750, 4200, 4950, 5850, 6700, 11_700, 25_000)
                .hot(Cost.PIPE, 140, 150, 152, 154, 156, 158, 165, 200)
                .hot(Cost.PIPE_AGAIN, 120, 127, 129, 130, 132, 135, 140, 170)
                .constant("hz", 250)
                .constant("timer_slack_ns", 50_000)
                .constant("base_slice_ns", 1_400_000)
                .constant("wake_clock_ns", 200)
                .constant("switch_clock_ns", 250)
                .constant("hot_within_ns", 5_000)
                .constant("cold_after_ns", 100_000)
                .constant("cold_percent", 200)
                .constant("host_gaps_per_sec", 250)
                .constant("host_gap_ns", 8_000)
                .constant("background_per_sec", 6)
                .constant("background_ns", 9_000)
                .constant("thread_resident_bytes", 8_753)
                .constant("thread_virtual_bytes", 8_384_582)
                .constant("connection_bytes_epoll", 92)
                .constant("task_bytes", 2_048)
                .constant("near_cache_bytes", 1 << 20)
                .constant("near_refill_ns_per_mib", 4_300)
                .constant("cache_bytes", 6 << 20)
                .constant("refill_ns_per_kib", 440)
                .build();
    }
}
