package io.iowait.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.iowait.tracepoint.Block;
import io.iowait.tracepoint.Facts;
import io.iowait.tracepoint.Kind;
import io.iowait.tracepoint.TaskState;
import io.iowait.tracepoint.Tracer;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

class ChromeExportTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir Path temp;

    @Test
    void everySliceThatBeginsEndsAndNoneBackwards() {
        StringWriter text = new StringWriter();
        Runs.play(6, 20_000, new ChromeExport(text));
        JsonNode events = JSON.readTree(text.toString()).get("traceEvents");
        assertThat(events.size()).isGreaterThan(20_000);
        Map<String, Integer> depths = new HashMap<>();
        Map<String, Double> times = new HashMap<>();
        for (JsonNode event : events) {
            String track = event.get("pid") + "/" + event.get("tid");
            int step =
                    switch (event.get("ph").asString()) {
                        case "B" -> 1;
                        case "E" -> -1;
                        default -> 0;
                    };
            if (step != 0) {
                double ts = event.get("ts").asDouble();
                assertThat(ts).isGreaterThanOrEqualTo(times.getOrDefault(track, 0.0));
                times.put(track, ts);
            }
            assertThat(depths.merge(track, step, Integer::sum)).isNotNegative();
        }
        assertThat(depths.values()).isNotEmpty().allMatch(depth -> depth == 0);
    }

    @Test
    void everyArrowHasBothEndsAndCountersAreNeverNegative() {
        StringWriter text = new StringWriter();
        Runs.play(6, 20_000, new ChromeExport(text));
        Map<Long, Integer> arrows = new HashMap<>();
        int counters = 0;
        for (JsonNode event : JSON.readTree(text.toString()).get("traceEvents")) {
            String phase = event.get("ph").asString();
            if (phase.equals("s")) {
                arrows.put(event.get("id").asLong(), 0);
            } else if (phase.equals("f")) {
                assertThat(arrows.merge(event.get("id").asLong(), 1, Integer::sum)).isEqualTo(1);
            } else if (phase.equals("C")) {
                counters++;
                assertThat(event.get("args").get("tasks").asInt()).isNotNegative();
            }
        }
        assertThat(arrows.values()).contains(1);
        assertThat(counters).isPositive();
    }

    @Test
    void namesAndTimesSurviveAsTheyAre() {
        String nasty = "a \"b\" \\ \n \t \u0001 é 字 \ud83d\ude00 \ud800";
        StringWriter text = new StringWriter();
        Tracer tracer = new Tracer(List.of(new ChromeExport(text)));
        tracer.begin(Facts.builder().tasks(0, 0, nasty).build());
        long none = Block.NO_CAUSE;
        tracer.emit(Kind.SCHED_WAKEUP_NEW, 5, 0, 0, 0, 0, none);
        tracer.emit(Kind.SCHED_SWITCH, 1_234_567_890_123_007L, 0, -1, 0, TaskState.RUNNABLE, none);
        tracer.emit(Kind.CALLBACK_BEGIN, 1_234_567_890_123_010L, 0, 0, 4, 2, none);
        tracer.emit(Kind.REQUEST_SUBMIT, 1_234_567_890_123_010L, 0, 0, 1, 0, none);
        tracer.emit(Kind.IRQ_HANDLER_ENTRY, 1_234_567_890_123_020L, 0, 0, 77, 0, none);
        int inKernel = TaskState.RUNNABLE | TaskState.PREEMPTED;
        tracer.emit(Kind.SCHED_SWITCH, 1_234_567_890_123_030L, 0, 0, -1, inKernel, none);
        tracer.end(1_234_567_890_123_456L);
        assertThat(text.toString()).contains("\"ts\":1234567890123.007", "\"ts\":0.005");
        JsonNode events = JSON.readTree(text.toString()).get("traceEvents");
        assertThat(events.values().stream())
                .anyMatch(e -> e.path("name").asString("").equals(nasty))
                .anyMatch(e -> e.path("name").asString("").equals("irq 77"))
                .anyMatch(e -> e.path("name").asString("").startsWith("runnable, preempted"))
                .anyMatch(e -> e.path("name").asString("").equals("callback 4"));
    }

    @Test
    void exportsATraceAtRestCutOffOrNot() {
        Path trace = temp.resolve("x.iowt");
        try (Recorder recorder = Recorder.create(trace)) {
            recorder.begin(Runs.facts(1));
        }
        Path json = temp.resolve("x.json");
        assertThat(ChromeExport.export(trace, json)).isInstanceOf(Status.CutOff.class);
        assertThat(JSON.readTree(json.toFile()).get("traceEvents").size()).isPositive();
    }
}
