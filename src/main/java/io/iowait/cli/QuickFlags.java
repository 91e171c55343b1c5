package io.iowait.cli;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Options that are short for a `key=value` of a scenario.
final class QuickFlags {
    @Option(
            names = "--as",
            paramLabel = "WAY",
            description = "How to execute: threads, loop, pool, ..")
    private @Nullable String as;

    @Option(names = "--clients", paramLabel = "N", description = "Clients, each a connection.")
    private @Nullable String clients;

    @Option(names = "--cpu", paramLabel = "TIME", description = "First computation of a request.")
    private @Nullable String cpu;

    @Option(names = "--cpu2", paramLabel = "TIME", description = "Second one.")
    private @Nullable String cpu2;

    @Option(names = "--wait", paramLabel = "TIME", description = "What the device takes.")
    private @Nullable String wait;

    @Option(names = "--think", paramLabel = "TIME", description = "From an answer to a request.")
    private @Nullable String think;

    @Option(names = "--cores", paramLabel = "N", description = "CPUs of the machine.")
    private @Nullable String cores;

    @Option(names = "--seed", paramLabel = "N", description = "Of everything random.")
    private @Nullable String seed;

    @Option(
            names = "--policy",
            paramLabel = "NAME",
            description = "Scheduling policy: a name, FILE.java, or a class.")
    private @Nullable String policy;

    @Option(names = "--slice", paramLabel = "TIME", description = "Length of a turn.")
    private @Nullable String slice;

    @Option(names = "--hz", paramLabel = "N", description = "Ticks a second; 0 = none.")
    private @Nullable String hz;

    @Option(
            names = "--preempt",
            paramLabel = "MODEL",
            description = "When kernel code gives way: none, voluntary, lazy, full.")
    private @Nullable String preempt;

    @Option(names = "--profile", paramLabel = "NAME", description = "What things cost.")
    private @Nullable String profile;

    @Option(names = "--duration", paramLabel = "TIME", description = "Virtual time to measure.")
    private @Nullable String duration;

    @Option(
            names = "--defect",
            paramLabel = "NAME",
            description = "Plant a defect, to see a law notice; iowait list names them.")
    private @Nullable String defect;

    /// The options given, as words `key=value`.
    List<String> words() {
        List<String> words = new ArrayList<>();
        add(words, "as", as);
        add(words, "clients", clients);
        add(words, "cpu", cpu);
        add(words, "cpu2", cpu2);
        add(words, "wait", wait);
        add(words, "think", think);
        add(words, "cores", cores);
        add(words, "seed", seed);
        add(words, "policy", policy);
        add(words, "slice", slice);
        add(words, "hz", hz);
        add(words, "preempt", preempt);
        add(words, "profile", profile);
        add(words, "duration", duration);
        add(words, "defects", defect);
        return words;
    }

    private static void add(List<String> words, String key, @Nullable String value) {
        if (value != null) {
            words.add(key + "=" + value);
        }
    }
}
