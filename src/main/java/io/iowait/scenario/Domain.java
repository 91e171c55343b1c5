package io.iowait.scenario;

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
