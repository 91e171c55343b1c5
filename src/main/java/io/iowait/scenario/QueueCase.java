package io.iowait.scenario;

import io.iowait.device.ServiceDriver;
import io.iowait.device.ServiceModel;
import io.iowait.kernel.Body;
import io.iowait.kernel.Cost;
import io.iowait.kernel.CostProfile;
import io.iowait.kernel.KernelSpec;
import io.iowait.kernel.TaskSpec;
import io.iowait.machine.Machine;
import io.iowait.machine.Policies;
import io.iowait.sched.Policy;
import io.iowait.sched.policy.LotteryPolicy;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.Tracer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A case of queueing theory: customers at a CPU and disks, for which means are known exactly.
///
/// Customers are threads on the real kernel, on a machine on which nothing but they take time. A
/// unit of time of the case is 1 ms.
///
/// Source: `conformance/textbook`, suite analytic.
public final class QueueCase implements Scenario {
    public static final String KIND = "queue";

    /// The suite of these cases.
    public static final String SUITE = "analytic";

    /// Length of the case's unit of time.
    public static final double UNIT_NS = QueueTimes.UNIT_NS;

    private static final String RUN = "run";
    private static final long ENDLESS_NS = 1L << 60;

    private final JsonNode json;

    private QueueCase(JsonNode json) {
        this.json = json;
    }

    /// Reads a case from its JSON text.
    ///
    /// @throws ScenarioException if it is no case of this suite
    public static QueueCase parse(String text) {
        JsonNode json;
        try {
            json = JsonMapper.shared().readTree(text);
        } catch (JacksonException e) {
            throw JsonFault.of("a case", e);
        }
        String suite = json.path("suite").asString("");
        if (!suite.equals(SUITE)) {
            throw ScenarioException.unknown("suite", suite, List.of(SUITE));
        }
        return new QueueCase(json);
    }

    /// This case with a seed and a time to stop at, which are part of its text.
    public QueueCase withRun(long seed, long untilNs) {
        ObjectNode copy = (ObjectNode) json.deepCopy();
        copy.putObject(RUN).put("seed", seed).put("until_ns", untilNs);
        return new QueueCase(copy);
    }

    @Override
    public String name() {
        return json.path("name").asString("");
    }

    public String model() {
        return json.path("model").asString("");
    }

    /// Figures that theory gives.
    public JsonNode expected() {
        return json.path("expected");
    }

    public JsonNode workload() {
        return json.path("workload");
    }

    public JsonNode params() {
        return json.path("params");
    }

    /// How close the theory is, in words.
    public String exactness() {
        return json.path("exactness").asString("");
    }

    /// How many jobs are advised to be run; 0 where it does not matter.
    public long suggestedCompletions() {
        return json.path("suggested_completions").asLong(0);
    }

    public int cpus() {
        for (JsonNode station : workload().path("stations")) {
            if (station.path("name").asString("").equals("cpu")) {
                return station.path("servers").asInt();
            }
        }
        return params().path("cpus").asInt(1);
    }

    /// CPU time that each switch to a thread costs, in ns.
    public long dispatchCostNs() {
        return QueueTimes.ns(params(), "dispatch_cost");
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public String text() {
        return json.toString();
    }

    @Override
    public void tell(Facts.Builder facts) {
        facts.put("case", name()).put("model", model());
    }

    @Override
    public Run build(Tracer tracer) {
        JsonNode run = json.path(RUN);
        long untilNs = run.path("until_ns").asLong((long) (1000 * UNIT_NS));
        Builder builder = new Builder(run.path("seed").asLong(1), tracer);
        switch (model()) {
            case "mm1-fifo",
                    "mm1-nonanticipating",
                    "mmc-fifo",
                    "mmc-nonanticipating",
                    "mg1-fifo",
                    "mg1-ps",
                    "mg1-lcfs-pr",
                    "mg1-sizebased",
                    "mg1-prio-preemptive",
                    "mg1-prio-nonpreemptive",
                    "loss",
                    "mginf" ->
                    builder.stations();
            case "jackson-open" -> builder.jackson();
            case "repairman" -> builder.repairman();
            case "central-server" -> builder.centralServer();
            case "deterministic-closed" -> builder.deterministic();
            case "lottery-share" -> builder.lottery();
            default -> throw new ScenarioException("no such model: " + model());
        }
        return new Run(this, builder.machine, untilNs);
    }

    /// Puts the machine and its customers together.
    private final class Builder {
        private final Machine machine;
        private Optional<QueueCustomers> customers = Optional.empty();

        Builder(long seed, Tracer tracer) {
            CostProfile profile =
                    CostProfile.named("zero").cost(Cost.SWITCH_IN, dispatchCostNs()).build();
            this.machine =
                    new Machine(KernelSpec.of(cpus(), profile, seed, List.of(policy())), tracer);
        }

        private Policy policy() {
            String word = params().path("policy").asString("FIFO");
            long quantumNs = Math.max(1, QueueTimes.ns(params(), "quantum"));
            return switch (word.split("[ ,]")[0]) {
                case "FIFO" -> Policies.byName("fifo", 1, true);
                case "RR", "RR-global" -> Policies.byName("rr", quantumNs, true);
                case "PRIORITY-preemptive-resume" -> Policies.byName("priority", 1, true);
                case "LOTTERY", "LOTTERY-global" -> Policies.byName("lottery", quantumNs, true);
                case "MLFQ" -> Policies.byName("mlfq", quantumNs, true);
                case "FAIR" -> Policies.byName("fair", quantumNs, true);
                case "LCFS-PR" -> discipline(QueueDiscipline.Rule.LCFS_PR, 0);
                case "SJF" -> discipline(QueueDiscipline.Rule.SJF, 0);
                case "SRPT" -> discipline(QueueDiscipline.Rule.SRPT, 0);
                case "FB" -> discipline(QueueDiscipline.Rule.FB, quantumNs);
                case "PRIORITY-nonpreemptive" ->
                        discipline(QueueDiscipline.Rule.PRIORITY_NONPREEMPTIVE, 0);
                default -> throw new ScenarioException("no such policy: " + word);
            };
        }

        private Policy discipline(QueueDiscipline.Rule rule, long quantumNs) {
            return new QueueDiscipline(
                    rule, quantumNs, task -> customers.orElseThrow().sizeNs(task));
        }

        private QueueCustomers customers(QueueCustomers.Plan plan) {
            QueueCustomers made = new QueueCustomers(machine, plan);
            customers = Optional.of(made);
            return made;
        }

        /// Streams of jobs that each need one service.
        void stations() {
            List<QueueCustomers.Stream> streams = new ArrayList<>();
            for (JsonNode one : workload().path("classes")) {
                streams.add(stream(one));
            }
            if (streams.isEmpty()) {
                streams.add(stream(workload()));
            }
            customers(
                            new QueueCustomers.Plan(
                                    streams,
                                    false,
                                    Optional.empty(),
                                    List.of(),
                                    false,
                                    model().equals("mginf"),
                                    params().path("capacity").asInt(0)))
                    .open();
        }

        private QueueCustomers.Stream stream(JsonNode one) {
            return new QueueCustomers.Stream(
                    QueueTimes.of(one.path("arrival")), QueueTimes.of(one.path("service")));
        }

        /// Jobs go from the CPU to the disk and back, or leave.
        void jackson() {
            JsonNode w = workload();
            QueueCustomers.Stream stream =
                    new QueueCustomers.Stream(
                            QueueTimes.of(w.path("arrival")), QueueTimes.of(w.path("cpu")));
            QueueCustomers.Disk disk =
                    disk(
                            0,
                            w.path("disk"),
                            params().path("disks").asInt(1),
                            w.path("prob_disk_after_cpu").asDouble());
            customers(
                            new QueueCustomers.Plan(
                                    List.of(stream),
                                    false,
                                    Optional.empty(),
                                    List.of(disk),
                                    false,
                                    false,
                                    0))
                    .open();
        }

        /// Threads think, then compute.
        void repairman() {
            closed(QueueTimes.of(workload().path("service")), think(), List.of());
        }

        private Optional<QueueTimes> think() {
            JsonNode think = workload().path("think");
            return think.isObject() ? Optional.of(QueueTimes.of(think)) : Optional.empty();
        }

        /// Threads go round between the CPU and disks, and think.
        void centralServer() {
            List<QueueCustomers.Disk> disks = new ArrayList<>();
            JsonNode stations = workload().path("stations");
            JsonNode cpu = stations.get(0);
            for (int i = 1; i < stations.size(); i++) {
                JsonNode station = stations.get(i);
                double visits = station.path("visits").asDouble() / cpu.path("visits").asDouble();
                disks.add(
                        disk(
                                i - 1,
                                station.path("service"),
                                station.path("servers").asInt(1),
                                visits));
            }
            closed(QueueTimes.of(cpu.path("service")), think(), disks);
        }

        /// Constant bursts and constant I/O.
        void deterministic() {
            ObjectNode burst = JsonMapper.shared().createObjectNode().put("dist", "det");
            ObjectNode io = burst.deepCopy();
            burst.put("mean", workload().path("cpu_burst").asDouble());
            io.put("mean", workload().path("io_time").asDouble());
            boolean one = workload().path("device").asString("").startsWith("one");
            closed(
                    QueueTimes.of(burst),
                    Optional.empty(),
                    List.of(disk(0, io, one ? 1 : ServiceModel.UNBOUNDED, 1)));
        }

        /// Threads that never stop, with so many tickets each.
        void lottery() {
            Body endless = (task, nowNs, registers) -> registers.compute(ENDLESS_NS);
            for (JsonNode thread : workload().path("threads")) {
                TaskSpec spec =
                        TaskSpec.of("thread", 0)
                                .with(LotteryPolicy.TICKETS, thread.path("tickets").asLong());
                int task = machine.kernel().create(spec, endless);
                machine.atBegin(() -> machine.kernel().start(task));
            }
        }

        private void closed(
                QueueTimes service, Optional<QueueTimes> think, List<QueueCustomers.Disk> disks) {
            customers(
                            new QueueCustomers.Plan(
                                    List.of(new QueueCustomers.Stream(service, service)),
                                    true,
                                    think,
                                    disks,
                                    model().equals("deterministic-closed"),
                                    false,
                                    0))
                    .close(workload().path("threads").asInt());
        }

        private QueueCustomers.Disk disk(
                int number, JsonNode service, int servers, double probability) {
            QueueTimes times = QueueTimes.of(service);
            if (times.phases() != 1) {
                throw new ScenarioException("a disk has no Erlang service: " + service);
            }
            ServiceModel model = new ServiceModel(times.phase(), servers);
            return new QueueCustomers.Disk(
                    new ServiceDriver(machine.files(), model, number, true), probability);
        }
    }
}
