package io.iowait.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.iowait.scenario.Version;
import io.iowait.trace.Recorder;
import io.iowait.tracepoint.Facts;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What cannot be meant, and what goes wrong: one clear line on standard error, a documented
/// status, no stack trace.
class BadInputTest {
    private static final String QUICK = "flagship clients=5 warmup=0ms duration=80ms ";

    @TempDir private static Path folder;

    /// Makes the traces and files that the lines below name.
    @BeforeAll
    static void makeFiles() throws IOException {
        Path whole = folder.resolve("whole.iowt");
        record(QUICK + "clients=100 --record " + whole, Exit.OK);
        byte[] bytes = Files.readAllBytes(whole);
        Files.write(folder.resolve("cut.iowt"), Arrays.copyOf(bytes, bytes.length * 2 / 3));
        byte[] flipped = bytes.clone();
        flipped[bytes.length / 2] ^= 0x10;
        Files.write(folder.resolve("flipped.iowt"), flipped);
        writeTrace("version.iowt", facts("0.0.1", "sleeps", ""));
        writeTrace("kind.iowt", facts(Version.TEXT, "dreams", ""));
        writeTrace("key.iowt", facts(Version.TEXT, "sleeps", "third=1ms"));
        writeTrace("policy.iowt", facts(Version.TEXT, "jobs", "policy=Missing.java"));
        writeTrace("mute.iowt", Facts.builder().put("source", "emulated"));
        writeTrace("linux.iowt", Facts.builder().put("source", "linux"));
        record("two-sleeps --record " + folder.resolve("queue"), Exit.OK);
        Files.writeString(folder.resolve("text.iowt"), "no trace");
        Files.writeString(folder.resolve("empty.jsonl"), "");
        Files.writeString(folder.resolve("text.jsonl"), "no case\n");
        Files.writeString(folder.resolve("machine.json"), "{}");
        Files.createDirectories(folder.resolve("nothing"));
        Files.createDirectories(folder.resolve("folder.yaml"));
        Files.writeString(folder.resolve("broken.gz"), "no archive");
        Files.writeString(
                folder.resolve("raise.yaml"),
                "workload: {tasks: [{name: a, steps: [sleep: 1ms, raise: ValueError]}]}");
        makeOddFiles(bytes);
        Files.writeString(folder.resolve("deep.yaml"), "workload: " + "[".repeat(20_000));
    }

    private static void makeOddFiles(byte[] trace) throws IOException {
        try (var zero = new RandomAccessFile(folder.resolve("zero").toFile(), "rw")) {
            zero.setLength((64 << 20) + 1); // takes no space on the disk
        }
        Files.write(folder.resolve("latin.yaml"), new byte[] {'a', ':', ' ', (byte) 0xE9});
        Files.writeString(folder.resolve("nul.yaml"), "a:\n  b: \0\n");
        Files.createSymbolicLink(folder.resolve("loop.yaml"), Path.of("loop.yaml"));
        Files.createSymbolicLink(folder.resolve("loop.iowt"), Path.of("loop.iowt"));
        String set = "workload: {tasks: [{name: a, steps: [{set: x, to: %s}]}]}";
        Files.writeString(folder.resolve("long.yaml"), set.formatted("1+".repeat(600) + "1"));
        Files.writeString(
                folder.resolve("nest.yaml"),
                set.formatted("(".repeat(1000) + "1" + ")".repeat(1000)));
        Files.writeString(folder.resolve("number.json"), "{");
        Files.writeString(folder.resolve("list.json"), "[]");
        String step = "workload: {tasks: [{name: a, steps: [{%s: \"x\"}]}]}";
        Files.writeString(folder.resolve("kill.yaml"), step.formatted("kill"));
        Files.writeString(folder.resolve("join.yaml"), step.formatted("join"));
        Files.write(folder.resolve("none.iowt"), new byte[0]);
        Files.write(folder.resolve("head.iowt"), Arrays.copyOf(trace, 40));
        Files.write(folder.resolve("tail.iowt"), Arrays.copyOf(trace, trace.length + 40));
        byte[] damaged = trace.clone();
        damaged[20] ^= (byte) 0xFF;
        Files.write(folder.resolve("zip.iowt"), damaged);
    }

    private static void record(String line, int status) {
        assertThat(Call.iowait(withoutDoubles(line)).status()).isEqualTo(status);
    }

    /// A later `key=value` wins over an earlier one of the same key.
    private static List<String> withoutDoubles(String line) {
        List<String> words = List.of(line.split(" "));
        List<String> all = new ArrayList<>(List.of("run"));
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            int equals = word.indexOf('=');
            boolean again =
                    equals > 0
                            && words.subList(i + 1, words.size()).stream()
                                    .anyMatch(w -> w.startsWith(word.substring(0, equals + 1)));
            if (!again) {
                all.add(word);
            }
        }
        return all;
    }

    private static Facts.Builder facts(String version, String kind, String scenario) {
        return Facts.builder()
                .put("source", "emulated")
                .put("version", version)
                .put("kind", kind)
                .put("scenario", scenario);
    }

    private static void writeTrace(String name, Facts.Builder facts) {
        try (Recorder recorder = Recorder.create(folder.resolve(name))) {
            recorder.begin(facts.build());
            recorder.end(0);
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    # words of a scenario
                    run flagshp                            | 2 | unknown scenario: found 'flagshp', expected one of flagship
                    run flagshp                            | 2 | did you mean 'flagship'?
                    run flagship clinets=3                 | 2 | unknown key: found 'clinets', expected one of as,
                    run flagship clinets=3                 | 2 | did you mean 'clients'?
                    run flagship cpu=50                    | 2 | cpu: found '50', expected a time such as 5ms
                    run flagship cpu=50kg                  | 2 | cpu: found '50kg', expected a time
                    run flagship cpu=50mz                  | 2 | did you mean 50ms?
                    run flagship think=-1ms                | 2 | think: found '-1ms'
                    run --wait -5ms                        | 2 | not a negative one
                    run flagship cpu=1.5ns                 | 2 | a whole number of the smallest unit
                    run flagship cpu=99999999999999999s    | 2 | expected at most
                    run flagship cpu=fast                  | 2 | cpu: found 'fast'
                    run flagship cores=0                   | 2 | cores: found '0', expected a number in 1..1024
                    run --cores 0                          | 2 | cores: found '0'
                    run flagship cores=1025                | 2 | cores: found '1025'
                    run flagship clients=0                 | 2 | clients: found '0'
                    run flagship clients=5ms               | 2 | a whole number, 0 or more without a unit
                    run flagship clients=2.5               | 2 | a whole number
                    run flagship duration=0s               | 2 | duration: found '0s', expected at least 1ns
                    run flagship slice=0ms                 | 2 | slice: found '0ms'
                    run flagship policy=rrr                | 2 | unknown policy: found 'rrr'
                    run --policy fifoo                     | 2 | did you mean 'fifo'?
                    run flagship profile=linux             | 2 | unknown profile: found 'linux', expected one of zero
                    run flagship device=disk               | 2 | unknown device: found 'disk', expected one of timer, service
                    run flagship as=fibres                 | 2 | unknown as: found 'fibres', expected one of threads,
                    run flagship exact=maybe               | 2 | unknown exact: found 'maybe'
                    run flagship profile=zero              | 2 | exact: found 'false', expected true with profile=zero
                    run two-sleeps preempt=lazy            | 2 | preempt: found 'lazy', expected another with profile=zero
                    run two-sleeps --preempt most          | 2 | unknown preempt: found 'most', expected one of none, voluntary, lazy, full
                    run flagship --defect timer-erly       | 2 | did you mean 'timer-early'?
                    run flagship nonsense                  | 2 | unknown word: found 'nonsense'
                    run flagship seed=1 seed=2             | 2 | seed: found twice, expected once
                    run flagship clients=1 --clients 2     | 2 | clients: found twice
                    run round-robin work=1ms arrive=0s,1s  | 2 | arrive: found '2 values'
                    run round-robin priority=100           | 2 | priority: found '100', expected a number in 0..99
                    run priorities policy=linux            | 2 | policy: found 'linux', expected one of rr, fifo,
                    run two-sleeps --keep-free 5           | 2 | --keep-free: found '5', expected a size such as 64KiB
                    run two-sleeps --keep-free 5kb         | 2 | did you mean 5KiB?
                    # command lines
                    runn                                   | 2 | unknown command 'runn', did you mean 'run'?
                    run --clinets 3                        | 2 | unknown option '--clinets', did you mean '--clients'?
                    run --clients                          | 2 | --clients
                    replay                                 | 2 | TRACE
                    check                                  | 2 | TRACE
                    list flagshi                           | 2 | did you mean 'flagship'?
                    show round-robin --width x             | 2 | --width
                    show round-robin --width 3             | 2 | --width
                    show round-robin --at -5ms             | 2 | --at: found '-5ms'
                    show round-robin --from 9s             | 2 | --from: found 9s, expected a time before
                    show spin                              | 2 | nothing to draw: no time passes in it
                    show round-robin policy=rr,fifo        | 2 | found 2 runs
                    export @whole.iowt                     | 2 | --chrome
                    # files
                    run @folder.yaml                       | 2 | folder.yaml: found a folder, expected a file
                    run @deep.yaml                         | 2 | deep.yaml: found more than 100000 parts or 40 levels
                    run @nosuch/workload.json              | 2 | no such file or folder
                    replay @nosuch                         | 2 | no trace at
                    check @nosuch                          | 2 | no trace at
                    show @nosuch                           | 2 | no such file or folder
                    export @nosuch --chrome @x.json        | 2 | no trace at
                    run @zero                              | 2 | zero: found more than 64 MiB, expected a scenario
                    run /proc/self/mem                     | 2 | /proc/self/mem: it cannot be read (
                    run @latin.yaml                        | 2 | latin.yaml: found bytes that are no UTF-8
                    run @nul.yaml                          | 2 | nul.yaml:2:6: no YAML: found the character U+0000
                    run @loop.yaml                         | 2 | no such file or folder
                    run @long.yaml                         | 2 | to: found '1201 parts', expected an expression of at most 500
                    run @nest.yaml                         | 2 | to: found '2001 parts', expected an expression of at most 500
                    run @number.json                       | 2 | number.json: a workload must be JSON at 1:2: Unexpected
                    run @list.json                         | 2 | list.json: a workload needs threads
                    run @kill.yaml                         | 4 | the program fails: a at 0ns: uncaught TypeError:kill wants a number, not x
                    run @kill.yaml as=loop                 | 2 | kill: found as=loop, expected one of threads
                    run @join.yaml as=loop                 | 4 | uncaught TypeError:join wants a number, not x
                    run flagship arrivals=times.txt        | 2 | arrivals: found 'times.txt', expected file:times.txt
                    run flagship arrivals=file:nosuch.txt  | 2 | nosuch.txt: no such file, expected a file of arrivals
                    run flagship sched=conn:fifo           | 2 | sched: found beside policy=rr, which does not use it, expected policy=linux
                    run flagship policy=linux sched=conn:fif | 2 | unknown sched: found 'fif', expected one of other, fifo
                    run flagship policy=linux sched=con:rr | 2 | unknown role in sched: found 'con'
                    run flagship policy=linux sched=conn:rr,conn:fifo | 2 | expected each role once
                    run flagship policy=linux slices=conn:1ns | 2 | slices: found '1ns', expected at least 100us
                    run flagship policy=linux slices=conn:1s | 2 | slices: found '1s', expected at most 100ms
                    run flagship policy=linux dl=loop:5ms  | 2 | dl: found '5ms', expected runtime/deadline/period
                    run flagship policy=linux sched=conn:fifo slices=conn:1ms | 2 | expected sched=other, batch or idle
                    run flagship policy=linux sched=conn:rr nice=conn:5 | 2 | nice: found conn with sched=rr
                    run flagship policy=linux sched=conn:deadline | 2 | sched: found conn:deadline without dl
                    run flagship policy=linux sched=conn:deadline dl=conn:5ms/20ms | 2 | at most 95 % of the CPUs
                    run flagship policy=linux as=thread-per-request dl=acceptor:1ms/20ms | 2 | whose clones are refused (EAGAIN)
                    run flagship clients=NaN               | 2 | clients: found 'NaN'
                    run flagship clients=1e5               | 2 | clients: found '1e5'
                    run flagship clients=1,,2              | 2 | clients: found ''
                    run flagship =5                        | 2 | unknown word: found '=5'
                    run flagship seed=-1                   | 2 | seed: found '-1'
                    run flagship seed=99999999999999999999 | 2 | seed: found '99999999999999999999', expected at most
                    run flagship rate=0                    | 2 | rate: found '0', expected 1/s
                    run round-robin work=1ms,NaN           | 2 | work: found 'NaN'
                    run round-robin nice=40                | 2 | nice: found '40', expected a number in -20..19
                    run round-robin policy=/dev/null       | 2 | unknown policy: found '/dev/null'
                    run round-robin policy=java.lang.String | 2 | java.lang.String does not implement
                    run round-robin --policy @nothing      | 2 | unknown policy
                    compare flagship --seeds 0             | 2 | --seeds: expected 1..1000
                    compare flagship --seeds x             | 2 | --seeds
                    show round-robin --at NaN              | 2 | --at: found 'NaN'
                    show round-robin --tasks -1            | 2 | --width, --tasks: found 100 and -1
                    check @loop.iowt                       | 2 | no trace at
                    check @none.iowt                       | 2 | the recording was cut off at its start
                    check @head.iowt                       | 2 | the file ends in the middle of a block
                    check @tail.iowt                       | 2 | something follows the end
                    check @zip.iowt                        | 2 | its packed bytes are damaged
                    replay @zip.iowt                       | 2 | its packed bytes are damaged
                    show @zip.iowt                         | 2 | its packed bytes are damaged
                    check @raise.yaml                      | 2 | raise.yaml is not packed
                    check /dev/null                        | 2 | /dev/null
                    conformance @loop.iowt                 | 2 | loop.iowt:
                    conformance @number.json               | 2 | number.json: not a case: a case must be JSON at 1:2
                    check @nothing                         | 2 | not a trace
                    check @text.iowt                       | 2 | text.iowt
                    check @cut.iowt                        | 2 | cut off after record
                    replay @cut.iowt                       | 2 | cut off after record
                    export @cut.iowt --chrome @cut.json    | 2 | cut off after record
                    check @flipped.iowt                    | 2 | damaged at block
                    replay @flipped.iowt                   | 2 | damaged at block
                    replay @version.iowt                   | 2 | version 0.0.1 recorded it and this is
                    replay @kind.iowt                      | 2 | unknown kind of scenario: found 'dreams'
                    replay @key.iowt                       | 2 | unknown key: found 'third'
                    replay @key.iowt                       | 2 | key.iowt: unknown key: found 'third'
                    replay @policy.iowt                    | 2 | policy.iowt: policy Missing.java: no such file
                    replay @mute.iowt                      | 2 | does not say what was run
                    replay @linux.iowt                     | 2 | recorded on a real machine
                    conformance @nosuch                    | 2 | no such file
                    conformance @empty.jsonl               | 2 | found no case
                    conformance @text.jsonl                | 2 | not a case
                    conformance @nothing                   | 2 | nothing: found a folder, expected files of cases
                    conformance @broken.gz                 | 2 | broken.gz: Not in GZIP format
                    validate                               | 2 | found no machine to be held against, expected one of linux
                    validate linuxx                        | 2 | did you mean 'linux'?
                    validate linux @nosuch                 | 2 | found no such folder
                    validate linux @nothing                | 2 | a workload folder holds
                    validate linux @nothing --seeds 0      | 2 | --seeds: found 0
                    validate fit @nosuch @nosuch           | 2 | no such file
                    validate fit @text.jsonl @text.jsonl   | 2 | text.jsonl: expected a JSON object
                    validate fit @machine.json @machine.json | 2 | machine.json: found no row of threads
                    # what cannot be written
                    run two-sleeps --record /proc/no/t     | 3 | cannot record to /proc/no/t
                    run two-sleeps --record /proc/t.iowt   | 3 | cannot record to /proc/t.iowt
                    run two-sleeps --record @queue         | 3 | it holds a trace
                    run two-sleeps --record @whole.iowt    | 3 | it exists
                    run two-sleeps --record @full.iowt --keep-free 99999999GiB | 3 | the disk is nearly full
                    export @whole.iowt --chrome @whole.iowt | 3 | it is a trace
                    show @whole.iowt --svg @whole.iowt     | 3 | it is a trace
                    show @whole.iowt --width 999999999     | 2 | expected 10..10000
                    show @nosuch.iowt                      | 2 | no such file
                    export @whole.iowt --chrome @cut.iowt  | 3 | it is a trace
                    export @whole.iowt --chrome /proc/x    | 3 | cannot write /proc/x
                    show round-robin --svg @no/x.svg       | 3 | no/x.svg: its folder does not exist
                    show round-robin --svg @nothing        | 3 | nothing: it is a folder; choose a file
                    show round-robin --svg @text.jsonl     | 3 | text.jsonl: it exists; --overwrite replaces it
                    show round-robin --svg /proc/x         | 3 | cannot write /proc/x: no such file or folder
                    show round-robin --svg /dev/full       | 3 | cannot write /dev/full: No space left on device
                    compare round-robin policy=rr,fifo --csv @no/x.csv | 3 | no/x.csv: its folder does not exist
                    compare round-robin policy=rr,fifo --csv @nothing  | 3 | nothing: it is a folder; choose a file
                    compare round-robin policy=rr,fifo --csv @text.jsonl | 3 | text.jsonl: it exists; --overwrite
                    export @whole.iowt --chrome @text.jsonl | 3 | text.jsonl: it exists; --overwrite
                    export @whole.iowt --chrome @nothing   | 3 | nothing: it is a folder; choose a file
                    # programs that get nowhere
                    run deadlock                           | 4 | t1 waits for mutex B, held by t2; t2 waits for mutex A, held by t1
                    run deadlock threads=3                 | 4 | t2 waits for mutex C, held by t3; t3 waits for
                    run deadlock profile=linux-6.18-vm     | 4 | deadlock at
                    run @raise.yaml                        | 4 | the program fails: a at 1ms: uncaught ValueError
                    run @raise.yaml as=loop                | 4 | the program fails: loop at 1ms: uncaught ValueError
                    run @raise.yaml as=asyncio             | 4 | the program fails: loop at 1ms: uncaught ValueError
                    run spin --no-laws                     | 4 | no progress at 0ns: spinner
                    """)
    void isOneClearLine(String line, int status, String expected) {
        Call call = Call.iowait(args(line));
        assertThat(call.err().lines()).as(call.out()).hasSize(1);
        assertThat(call.err()).startsWith("iowait: ").contains(expected).doesNotContain("\tat ");
        assertThat(call.status()).isEqualTo(status);
    }

    /// `@` stands for the folder of the test.
    private static List<String> args(String line) {
        return Arrays.stream(line.split(" +"))
                .map(word ->
                        word.startsWith("@") ? folder.resolve(word.substring(1)).toString() : word)
                .toList();
    }

    @Test
    void stackTracesAreForThoseWhoAsk() {
        Call call = Call.iowait("run", "flagshp", "--verbose");
        assertThat(call.status()).isEqualTo(Exit.BAD_INPUT);
        assertThat(call.err()).contains("\tat io.iowait.").contains("iowait: unknown scenario");
    }

    @ParameterizedTest
    @ValueSource(strings = {"threads", "loop"})
    void whoUnlocksWhatIsNotHeldIsThrownAnError(String as) throws IOException {
        Path file = folder.resolve("unlock.yaml");
        Files.writeString(file, "locks: [m]\nworkload: {tasks: [{name: a, steps: [unlock: m]}]}\n");
        Call call = Call.iowait("run", file.toString(), "as=" + as);
        assertThat(call.status()).isEqualTo(Exit.STUCK);
        assertThat(call.err()).contains("the program fails: ", " at 0ns: uncaught RuntimeError");
        assertThat(call.out())
                .contains("uncaught RuntimeError:unlocks a mutex that it does not hold");
    }

    @Test
    void whatIsEqualUpToTheCutIsSaid() {
        Call call = Call.iowait("replay", folder.resolve("cut.iowt").toString());
        assertThat(call.out()).contains("equal ");
        assertThat(call.err()).contains("up to there it is equal");
    }

    @Test
    void anotherVersionCanBeTried() {
        Call call =
                Call.iowait("replay", "--any-version", folder.resolve("version.iowt").toString());
        assertThat(call.out()).contains("diverged");
        assertThat(call.status()).isEqualTo(Exit.FAILED);
    }
}
