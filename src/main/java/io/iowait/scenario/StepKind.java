package io.iowait.scenario;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// The steps of which programs in scenario files are made: which further keys each takes (those
/// that it needs are marked by `!`), and which runtimes have it.
enum StepKind {
    COMPUTE(Runtime.ALL),
    SLEEP(Runtime.ALL),
    SLEEP_UNTIL(Runtime.ALL),

    /// A sleep of the whole thread, also of a loop's.
    BLOCK(Runtime.ALL),
    YIELD(Runtime.ALL),
    LOG(Runtime.ALL),
    SET(Runtime.ALL, "to!"),
    REPEAT(Runtime.ALL, "as", "steps!"),
    WHILE(Runtime.ALL, "steps!"),
    FOREVER(Runtime.ALL),
    IF(Runtime.ALL, "then!", "else"),
    BREAK(Runtime.ALL),
    CONTINUE(Runtime.ALL),
    RETURN(Runtime.ALL),
    RAISE(Runtime.ALL, "message"),
    TRY(Runtime.ALL, "except", "as", "handle", "finally"),
    CALL(Runtime.ALL, "args", "into"),
    SPAWN(Runtime.ALL, "args", "into"),
    JOIN(Runtime.ALL),

    /// Wait for all of some tasks, for the first of them, for one of them but not too long.
    ALL_OF(Runtime.PLAIN),
    ANY_OF(Runtime.PLAIN, "into"),
    TIMEOUT(Runtime.PLAIN, "of!", "into"),
    CANCEL(Runtime.ALL),
    LOCK(Runtime.ALL),
    UNLOCK(Runtime.ALL),
    WAIT(Runtime.ALL),
    POST(Runtime.ALL),
    WITH(Runtime.ALL, "steps!"),
    BARRIER(Runtime.THREADS_ONLY),

    /// Give up a lock and sleep until somebody says that things have changed; then take it again.
    COND_WAIT(Runtime.THREADS_ONLY, "holding!"),
    SIGNAL(Runtime.THREADS_ONLY),
    BROADCAST(Runtime.THREADS_ONLY),

    /// Send a signal to a thread that was spawned: its S sleep ends; or stop it and let it go on.
    KILL(Runtime.THREADS_ONLY, "send"),

    /// Submit a request to a device and wait until it is served.
    IO(Runtime.ALL),
    SUBMIT(Runtime.PLAIN),
    READ(Runtime.PLAIN, "bytes"),
    WRITE(Runtime.PLAIN, "bytes"),

    /// An epoll instance: what it watches and in which mode, and the wait for its events.
    WATCH(Runtime.THREADS_ONLY, "in!", "mode", "into"),
    REARM(Runtime.THREADS_ONLY, "in!", "mode", "into"),
    UNWATCH(Runtime.THREADS_ONLY, "in!", "into"),
    POLL(Runtime.THREADS_ONLY, "most", "limit", "into"),

    /// Work for a pool of threads.
    OFFLOAD(Runtime.OFFLOADING, "on!", "result", "into"),
    CALL_SOON(Runtime.ASYNCIO_ONLY, "args", "into"),
    CALL_LATER(Runtime.ASYNCIO_ONLY, "after!", "args", "into"),
    STOP(Runtime.ASYNCIO_ONLY),
    GATHER(Runtime.ASYNCIO_ONLY, "into"),
    FUTURE(Runtime.ASYNCIO_ONLY),
    RESOLVE(Runtime.ASYNCIO_ONLY, "to"),
    ON_DONE(Runtime.ASYNCIO_ONLY, "call!", "args"),
    AWAIT(Runtime.ASYNCIO_ONLY, "into"),
    PUT(Runtime.ASYNCIO_ONLY, "value!"),
    GET(Runtime.ASYNCIO_ONLY, "into!");

    /// Ways to execute a program of a scenario file.
    enum Runtime {
        THREADS,
        LOOP,
        ASYNCIO,
        GEVENT,
        NODE;

        static final Set<Runtime> ALL = EnumSet.allOf(Runtime.class);
        static final Set<Runtime> OFFLOADING = EnumSet.of(THREADS, ASYNCIO);
        static final Set<Runtime> PLAIN = EnumSet.of(THREADS, LOOP, GEVENT, NODE);
        static final Set<Runtime> THREADS_ONLY = EnumSet.of(THREADS);
        static final Set<Runtime> ASYNCIO_ONLY = EnumSet.of(ASYNCIO);

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        static List<String> words() {
            return Arrays.stream(values()).map(Runtime::word).toList();
        }

        static Runtime of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }
    }

    private final Set<Runtime> runtimes;
    private final List<String> keys;

    StepKind(Set<Runtime> runtimes, String... keys) {
        this.runtimes = runtimes;
        this.keys = List.of(keys);
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    boolean has(Runtime runtime) {
        return runtimes.contains(runtime);
    }

    List<String> runtimes() {
        return runtimes.stream().map(Runtime::word).toList();
    }

    /// The step's own word, then its further keys.
    List<String> keys() {
        return java.util.stream.Stream.concat(
                        java.util.stream.Stream.of(word()),
                        keys.stream().map(key -> key.replace("!", "")))
                .toList();
    }

    List<String> needed() {
        return keys.stream()
                .filter(key -> key.endsWith("!"))
                .map(key -> key.replace("!", ""))
                .toList();
    }

    /// Whether it may stand alone, without a value.
    boolean standsAlone() {
        return switch (this) {
            case YIELD, BREAK, CONTINUE, STOP, JOIN, RETURN -> true;
            default -> false;
        };
    }

    static Optional<StepKind> of(String word) {
        return Arrays.stream(values()).filter(kind -> kind.word().equals(word)).findFirst();
    }

    static List<String> words() {
        return Arrays.stream(values()).map(StepKind::word).toList();
    }
}
