package io.iowait.scenario;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// The classic examples of texts about event loops, as scenario files inside the jar.
///
/// A file's first line is `about: ".."`.
final class Classics {
    private static final String CALLBACKS = "classics: callbacks";
    private static final String TASKS = "classics: tasks and futures";
    private static final String COMPUTING = "classics: computing and waiting";
    private static final String MANY = "classics: threads, tasks, processes";

    /// All of them, in the order in which to show them.
    static final List<Scenarios.Builtin> ALL = all();

    private Classics() {}

    private static List<Scenarios.Builtin> all() {
        List<Scenarios.Builtin> all = new ArrayList<>();
        add(all, CALLBACKS, "hello-world", "hello-world-blocking", "hello-world-calling");
        add(all, CALLBACKS, "fetch-by-callbacks");
        add(all, TASKS, "fetch-by-futures", "two-tasks", "downloads", "gather", "crawler");
        add(all, COMPUTING, "cpu-bound", "polling", "polling-driver");
        add(all, COMPUTING, "saves-blocking", "saves-batched", "saves-async");
        add(all, MANY, "thousand", "ten-thousand-waits");
        all.add(
                new Scenarios.Builtin(
                        "thread-per-request",
                        MANY,
                        RequestsForm.KIND,
                        "as=thread-per-request",
                        "a new thread for each request; as=threads: one for each connection"));
        all.add(
                new Scenarios.Builtin(
                        "loops-in-tandem",
                        MANY,
                        RequestsForm.KIND,
                        "as=loop-per-process workers=2 cores=2 clients=400 think=1ms",
                        "two processes with a loop each on two CPUs; as=loop: one loop"));
        return List.copyOf(all);
    }

    private static void add(List<Scenarios.Builtin> all, String group, String... names) {
        for (String name : names) {
            String line = text(name).lines().findFirst().orElse("");
            String about = line.substring(line.indexOf('"') + 1, line.lastIndexOf('"'));
            all.add(new Scenarios.Builtin(name, group, ScenarioFile.KIND, "", about));
        }
    }

    static ScenarioFile read(String name, List<String> words) {
        return ScenarioFile.of(name + ".yaml", text(name), words);
    }

    /// The file of a classic.
    static String text(String name) {
        try (InputStream file = Classics.class.getResourceAsStream("classics/" + name + ".yaml")) {
            if (file == null) {
                throw new IllegalStateException("a classic lacks its file: name=" + name);
            }
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
