package io.iowait.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;
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
    void aSweepIsDrawnWithItsKnees(@TempDir Path folder) throws Exception {
        Path svg = folder.resolve("sweep.svg");
        List<String> call =
                List.of(
                        ("compare flagship as=threads,loop clients=10,100,1000 duration=150ms"
                                        + " warmup=50ms --seeds 2 --json --svg "
                                        + svg)
                                .split(" "));
        Call drawn = Call.iowait(call);
        assertThat(drawn.status()).as(drawn.err()).isZero();
        Element picture =
                DocumentBuilderFactory.newInstance()
                        .newDocumentBuilder()
                        .parse(svg.toFile())
                        .getDocumentElement();
        assertThat(picture.getElementsByTagName("polyline").getLength()).isEqualTo(4);
        assertThat(picture.getElementsByTagName("polygon").getLength()).isEqualTo(4);
        assertThat(picture.getElementsByTagName("circle").getLength()).isEqualTo(12);
        assertThat(picture.getTextContent())
                .contains("throughput", "latency p99", "threads, clients=1000: ", "loop, knee at");
        JsonNode knee = JsonMapper.shared().readTree(drawn.out()).at("/knees/0");
        double x = 90 + 300 * Math.log10(knee.path("measured").asDouble() / 10);
        assertThat(Files.readString(svg))
                .contains(
                        String.format(
                                Locale.ROOT, "<line x1=\"%.1f\" y1=\"30.0\" x2=\"%.1f\"", x, x));

        assertThat(Call.iowait(call).status()).isEqualTo(Exit.NOT_WRITTEN);
        Call words = Call.iowait("compare", "round-robin", "policy=rr,fifo", "--svg", "no.svg");
        assertThat(words.status()).isEqualTo(Exit.BAD_INPUT);
        assertThat(words.err()).contains("several values that rise");
    }

    @Test
    void jobsAreDrawnByTheirTurnaround(@TempDir Path folder) throws IOException {
        Path svg = folder.resolve("jobs.svg");
        Files.writeString(svg, "an older one");
        String[] call =
                ("compare round-robin slice=1ms,10ms --seeds 1 --overwrite --svg " + svg)
                        .split(" ");
        assertThat(Call.iowait(call).out()).endsWith("drawn to " + svg + System.lineSeparator());
        assertThat(Files.readString(svg))
                .contains(">turnaround<", ">all done at<", ">10ms<")
                .doesNotContain("NaN", "Infinity", "throughput");
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
