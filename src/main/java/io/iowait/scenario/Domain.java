package io.iowait.scenario;

import io.iowait.machine.Profiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What values a key takes, and how they are written canonically.
public sealed interface Domain {
    /// The canonical spelling of a value.
    ///
    /// @throws ScenarioException if the value does not belong to the domain
    String canonical(String key, String text);

    /// For help texts: `time`, `1..1024`, `rr|fifo`.
    String describe();

    /// A time, at least `minNs`.
    record Time(long minNs) implements Domain {
        @Override
        public String canonical(String key, String text) {
            long ns = Units.timeNs(key, text);
            if (ns < minNs) {
                throw ScenarioException.value(key, text, "at least " + Units.time(minNs));
            }
            return Units.time(ns);
        }

        @Override
        public String describe() {
            return "time";
        }
    }

    /// A time, or a word that stands for one.
    record TimeOr(String word) implements Domain {
        @Override
        public String canonical(String key, String text) {
            return text.equals(word) ? text : new Time(0).canonical(key, text);
        }

        @Override
        public String describe() {
            return "time|" + word;
        }
    }

    /// Levels of a feedback queue: how many, or quantum and turns of each, the highest first.
    record Levels() implements Domain {
        /// Turns at a level where a level does not say.
        static final int TURNS = 2;

        private static final int LEVELS_MAX = 16;
        private static final int TURNS_MAX = 1_000_000;

        static boolean isCount(String text) {
            return text.matches("\\d+");
        }

        @Override
        public String canonical(String key, String text) {
            if (isCount(text)) {
                return new Count(1, LEVELS_MAX).canonical(key, text);
            }
            List<String> levels = new ArrayList<>();
            for (String level : text.split(",", -1)) {
                int colon = level.indexOf(':');
                String quantum = colon < 0 ? level : level.substring(0, colon);
                String turns = colon < 0 ? Integer.toString(TURNS) : level.substring(colon + 1);
                levels.add(
                        new Time(1).canonical(key, quantum)
                                + ":"
                                + new Count(1, TURNS_MAX).canonical(key, turns));
            }
            if (levels.size() > LEVELS_MAX) {
                throw ScenarioException.value(
                        key, levels.size() + " levels", "at most " + LEVELS_MAX);
            }
            return String.join(",", levels);
        }

        @Override
        public String describe() {
            return "1..%d or time:turns,..".formatted(LEVELS_MAX);
        }
    }

    /// A value for each of some roles: `acceptor:-5,worker:10`.
    record Roles(List<String> roles, Domain value) implements Domain {
        static final String NONE = "none";

        /// A number of a range that may be negative.
        Roles(List<String> roles, long min, long max) {
            this(roles, new Number(min, max));
        }

        @Override
        public String canonical(String key, String text) {
            if (text.equals(NONE)) {
                return NONE;
            }
            List<String> given = new ArrayList<>();
            for (String part : text.split(",", -1)) {
                int colon = part.indexOf(':');
                String role = colon < 0 ? part : part.substring(0, colon);
                if (!roles.contains(role)) {
                    throw ScenarioException.unknown("role in " + key, role, roles);
                }
                String own = colon < 0 ? "" : part.substring(colon + 1);
                if (given.stream().anyMatch(other -> other.startsWith(role + ":"))) {
                    throw ScenarioException.value(key, text, "each role once");
                }
                given.add(role + ":" + value.canonical(key, own));
            }
            return String.join(",", given);
        }

        @Override
        public String describe() {
            return "none, or role:%s,.. of %s".formatted(value.describe(), String.join("|", roles));
        }
    }

    /// Runtime, deadline and period of a deadline task: `5ms/20ms/20ms`; the period may be left
    /// out.
    record Budget() implements Domain {
        @Override
        public String canonical(String key, String text) {
            List<String> times = new ArrayList<>();
            for (String part : text.split("/", -1)) {
                times.add(new Time(1).canonical(key, part));
            }
            if (times.size() < 2 || times.size() > 3) {
                throw ScenarioException.value(
                        key, text, "runtime/deadline/period such as 5ms/20ms/20ms");
            }
            return String.join("/", times);
        }

        @Override
        public String describe() {
            return "runtime/deadline/period";
        }
    }

    /// A time of a range.
    record TimeIn(long minNs, long maxNs) implements Domain {
        @Override
        public String canonical(String key, String text) {
            String time = new Time(minNs).canonical(key, text);
            if (Units.timeNs(key, time) > maxNs) {
                throw ScenarioException.value(key, text, "at most " + Units.time(maxNs));
            }
            return time;
        }

        @Override
        public String describe() {
            return "time";
        }
    }

    /// A whole number of a range, which may be negative.
    record Number(long min, long max) implements Domain {
        @Override
        public String canonical(String key, String text) {
            boolean isNumber = text.matches("-?\\d{1,9}");
            if (!isNumber || Long.parseLong(text) < min || Long.parseLong(text) > max) {
                throw ScenarioException.value(key, text, "a number in " + min + ".." + max);
            }
            return Long.toString(Long.parseLong(text));
        }

        @Override
        public String describe() {
            return min + ".." + max;
        }
    }

    /// Several of them, separated by commas.
    record Numbers(long min, long max) implements Domain {
        @Override
        public String canonical(String key, String text) {
            List<String> numbers = new ArrayList<>();
            for (String part : text.split(",", -1)) {
                numbers.add(new Number(min, max).canonical(key, part));
            }
            return String.join(",", numbers);
        }

        @Override
        public String describe() {
            return "number,number,..";
        }
    }

    /// Several times, separated by commas.
    record Times() implements Domain {
        @Override
        public String canonical(String key, String text) {
            List<String> times = new ArrayList<>();
            for (String part : text.split(",", -1)) {
                times.add(Units.time(Units.timeNs(key, part)));
            }
            return String.join(",", times);
        }

        @Override
        public String describe() {
            return "time,time,..";
        }
    }

    /// A whole number of a range.
    record Count(long min, long max) implements Domain {
        @Override
        public String canonical(String key, String text) {
            long count = Units.count(key, text);
            if (count < min || count > max) {
                throw ScenarioException.value(key, text, "a number in " + min + ".." + max);
            }
            return Long.toString(count);
        }

        @Override
        public String describe() {
            return max == Long.MAX_VALUE ? "number" : min + ".." + max;
        }
    }

    /// A whole number of a range, or a word for none of its own.
    record CountOr(String word, long min, long max) implements Domain {
        @Override
        public String canonical(String key, String text) {
            return text.equals(word) ? word : new Count(min, max).canonical(key, text);
        }

        @Override
        public String describe() {
            return word + "|" + min + ".." + max;
        }
    }

    /// Something a second: `200`, `200/s`, `12/ms`, `600/min`; written as the number a second.
    record Rate(long max) implements Domain {
        @Override
        public String canonical(String key, String text) {
            long perSec = Units.perSec(key, text);
            if (perSec < 1 || perSec > max) {
                throw ScenarioException.value(key, text, "1/s to " + max + "/s");
            }
            return Long.toString(perSec);
        }

        @Override
        public String describe() {
            return "rate such as 200/s";
        }
    }

    /// A word for arrivals that are drawn, or a list of times: read from a file into the value.
    record Arriving(List<String> words) implements Domain {
        @Override
        public String canonical(String key, String text) {
            if (text.startsWith(ArrivalList.FILE)) {
                return ArrivalList.read(Path.of(text.substring(ArrivalList.FILE.length())));
            }
            if (ArrivalList.isOne(text)) {
                return ArrivalList.of(text).word();
            }
            if (!words.contains(text) && (text.contains(".") || text.contains("/"))) {
                throw ScenarioException.value(
                        key, text, ArrivalList.FILE + text + " for a file of times");
            }
            return new Word(words).canonical(key, text);
        }

        @Override
        public String describe() {
            return new Word(words).describe() + "|file:PATH";
        }
    }

    /// Several whole numbers of a range, separated by commas.
    record Counts(long min, long max) implements Domain {
        @Override
        public String canonical(String key, String text) {
            List<String> counts = new ArrayList<>();
            for (String part : text.split(",", -1)) {
                counts.add(new Count(min, max).canonical(key, part));
            }
            return String.join(",", counts);
        }

        @Override
        public String describe() {
            return "number,number,..";
        }
    }

    /// One of some words.
    record Word(List<String> words) implements Domain {
        @Override
        public String canonical(String key, String text) {
            if (!words.contains(text)) {
                throw ScenarioException.unknown(key, text, words);
            }
            return text;
        }

        @Override
        public String describe() {
            return String.join("|", words);
        }
    }

    /// What things cost, see [ProfileText].
    record Profile() implements Domain {
        @Override
        public String canonical(String key, String text) {
            return ProfileText.canonical(key, text);
        }

        @Override
        public String describe() {
            return String.join("|", Profiles.names()) + "[+price=time..]";
        }
    }

    /// One of some words, a source file of Java, or a class with its package.
    record PolicyName(List<String> words) implements Domain {
        @Override
        public String canonical(String key, String text) {
            if (!words.contains(text) && !UserPolicies.isOne(text)) {
                throw ScenarioException.unknown(key, text, words);
            }
            if (text.matches(".*\\s.*")) {
                throw ScenarioException.value(key, text, "a path without blanks");
            }
            return text;
        }

        @Override
        public String describe() {
            return String.join("|", words) + "|FILE.java|package.Class";
        }
    }

    /// Some of some words, separated by commas, or `none`.
    record Words(List<String> words) implements Domain {
        static final String NONE = "none";

        @Override
        public String canonical(String key, String text) {
            if (text.equals(NONE)) {
                return NONE;
            }
            List<String> chosen = new ArrayList<>();
            for (String part : text.split(",", -1)) {
                if (!words.contains(part)) {
                    throw ScenarioException.unknown(key, part, words);
                }
                chosen.add(part);
            }
            return String.join(",", words.stream().filter(chosen::contains).toList());
        }

        @Override
        public String describe() {
            return "none, or of: " + String.join(",", words);
        }
    }
}
