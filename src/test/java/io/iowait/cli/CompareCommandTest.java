package io.iowait.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class CompareCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int iowait(String... args) {
        return Main.run(new PrintWriter(out), new PrintWriter(err), args);
    }

    @Test
    void waysToRunStandSideBySide() {
        int status =
                iowait(
                        "compare",
                        "flagship",
                        "as=threads,loop",
                        "clients=10,300",
                        "duration=200ms",
                        "warmup=100ms",
                        "--seeds",
                        "3");
        assertThat(status).isZero();
        assertThat(out.toString())
                .contains("threads 300", "loop 300", "against threads", "latency p99", "cpu iowait")
                .contains("voluntary switches", "memory reserved", "-98.6 %*", "*")
                .contains("knee threads: ", "in words: at clients=300, as=loop ");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void jobsAreComparedByTheirTurnaround() {
        assertThat(iowait("compare", "round-robin", "policy=rr,fifo", "--seeds", "2")).isZero();
        assertThat(out.toString()).contains("turnaround", "16.667 ms", "15.000 ms", "-10.0 %*");
    }

    @Test
    void theAnswerCanBeJson() {
        int status =
                iowait(
                        "compare",
                        "--clients",
                        "5,10",
                        "--duration",
                        "100ms",
                        "--seeds",
                        "2",
                        "--json");
        assertThat(status).isZero();
        JsonNode document = JsonMapper.shared().readTree(out.toString());
        assertThat(document.at("/points/1/at/clients").asString()).isEqualTo("10");
        assertThat(document.at("/points/1/figures/throughput/by_seed").size()).isEqualTo(2);
        assertThat(document.at("/points/1/figures/throughput/significant").isBoolean()).isTrue();
        assertThat(document.at("/knees/0/key").asString()).isEqualTo("clients");
        assertThat(document.at("/seeds").size()).isEqualTo(2);
    }

    @Test
    void whatCannotBeComparedIsOneClearLine_fails() {
        assertThat(iowait("compare", "flagship", "nope=1,2")).isEqualTo(Exit.BAD_INPUT);
        assertThat(iowait("compare", "flagship", "--seeds", "0")).isEqualTo(Exit.BAD_INPUT);
        assertThat(iowait("compare", "deadlock", "cores=1,2", "--seeds", "1"))
                .isEqualTo(Exit.STUCK);
        assertThat(err.toString().lines()).hasSize(3).allMatch(line -> line.startsWith("iowait: "));
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void everyRunIsALineOfTheCsvFile(@TempDir Path folder) throws IOException {
        Path csv = folder.resolve("runs.csv");
        String[] call = {
            "compare", "round-robin", "policy=rr,fifo", "--seeds", "2", "--csv", csv.toString()
        };
        assertThat(Call.iowait(call).out()).endsWith("written to " + csv + System.lineSeparator());
        List<String> lines = Files.readAllLines(csv);
        assertThat(lines).hasSize(5);
        assertThat(lines.getFirst()).startsWith("policy,seed,turnaround_ns,response_ns,end_ns,");
        assertThat(lines.get(1)).startsWith("rr,1,1.6666666666666666E7,2000000.0,2.1E7,1.0,");
        assertThat(lines.get(4)).startsWith("fifo,2,1.5E7,8000000.0,2.1E7,1.0,");
        assertThat(Call.iowait(call).status()).isEqualTo(Exit.NOT_WRITTEN);
    }

    @Test
    void wordsNameTheFiguresThatDiffer() {
        assertThat(
                        Call.iowait(
                                        "compare",
                                        "round-robin",
                                        "work=1ms,1ms",
                                        "policy=fifo,priority",
                                        "--seeds",
                                        "2")
                                .out())
                .contains("policy=priority differs from policy=fifo in no figure significantly");
    }
}
