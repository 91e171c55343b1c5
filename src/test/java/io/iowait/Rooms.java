package io.iowait;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// The plan of the house as `rooms.txt` tells it: each room that exists, with the rooms it may use.
record Rooms(Map<String, Set<String>> allowed) {
    static final String ROOT = "io.iowait";

    /// The rooms in which virtual time passes. They know no other time, chance or thread.
    static final Set<String> EMULATED_WORLD =
            Set.of(
                    "engine",
                    "tracepoint",
                    "program",
                    "sched",
                    "sched.policy",
                    "sched.linux",
                    "kernel",
                    "io",
                    "device",
                    "runtime",
                    "machine");

    static Rooms read() {
        try (InputStream in = Rooms.class.getResourceAsStream("/rooms.txt")) {
            if (in == null) {
                throw new IllegalStateException("rooms.txt is missing from the test resources");
            }
            return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new IllegalStateException("rooms.txt cannot be read", e);
        }
    }

    static Rooms parse(String text) {
        Map<String, Set<String>> allowed = new TreeMap<>();
        text.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .forEach(line -> addRoom(allowed, line));
        return new Rooms(allowed);
    }

    private static void addRoom(Map<String, Set<String>> allowed, String line) {
        int colon = line.indexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException(
                    "a line of rooms.txt is `room : rooms`: line=" + line);
        }
        Set<String> uses = new TreeSet<>();
        Arrays.stream(line.substring(colon + 1).split(","))
                .map(String::strip)
                .filter(use -> !use.isEmpty())
                .forEach(uses::add);
        String room = line.substring(0, colon).strip();
        if (allowed.put(room, uses) != null) {
            throw new IllegalArgumentException("a room has one line: room=" + room);
        }
    }

    /// The room a package belongs to: the longest room name that the package is or lies in.
    Optional<String> roomOf(String packageName) {
        if (!packageName.startsWith(ROOT + ".")) {
            return Optional.empty();
        }
        String inside = packageName.substring(ROOT.length() + 1);
        return allowed.keySet().stream()
                .filter(room -> inside.equals(room) || inside.startsWith(room + "."))
                .max((a, b) -> Integer.compare(a.length(), b.length()));
    }
}
