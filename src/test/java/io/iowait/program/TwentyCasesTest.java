package io.iowait.program;

import static org.assertj.core.api.Assertions.assertThat;

import io.iowait.runtime.asyncio.Word;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Holds `docs/decisions.md#program` to the code: its programs compile, need the asks it names and
/// do what it says.
class TwentyCasesTest {
    private static final Set<String> WITH_OBJECTS =
            Set.of(
                    "timerTiesHeap3",
                    "crawler500Conc100",
                    "gatherException",
                    "waitForTie",
                    "executorCompletesDuringCompute",
                    "helloWorld",
                    "twoSleeps",
                    "downloadsInterleave");

    @Test
    void thereAreTwentyCasesAndTheDecisionNamesEach() throws IOException {
        String page = Files.readString(Path.of("docs/decisions.md"));
        assertThat(TwentyCases.all()).hasSize(20);
        assertThat(TwentyCases.all().keySet())
                .allSatisfy(name -> assertThat(page).contains("`" + name + "`"));
    }

    @Test
    void everyCaseCompilesAndOnlyTextAndListsNeedObjects() {
        TwentyCases.all()
                .forEach((name, program) -> {
                    Code code = Compiler.compile(program);
                    assertThat(code.usesObjects()).as(name).isEqualTo(WITH_OBJECTS.contains(name));
                });
    }

    @Test
    void theAsksTakenTogetherAreTheOnesThatTheDecisionLists() throws IOException {
        TreeSet<String> asks = new TreeSet<>();
        TwentyCases.all().values().forEach(p -> asks.addAll(Compiler.compile(p).askNames()));
        String page = Files.readString(Path.of("docs/decisions.md"));
        assertThat(page).contains(String.join(" ", asks));
    }

    @Test
    void withoutADialectTheCasesNeedPortableAsksOnly() {
        AskTable portable = new AskTable();
        Asks.PORTABLE.forEach(name -> portable.add(name, portable.kinds().size()));
        for (Map.Entry<String, Program> entry : TwentyCases.all().entrySet()) {
            Code code = Compiler.compile(entry.getValue());
            if (code.askNames().stream().noneMatch(ask -> ask.startsWith("asyncio."))) {
                assertThat(code.bind(portable).askNames()).as(entry.getKey()).isNotNull();
            }
        }
    }

    @Test
    void theDialectHasTheWordsThatTheCasesUse() {
        Set<String> words = new TreeSet<>();
        for (Word word : Word.values()) {
            words.add(word.kind());
        }
        for (Program program : TwentyCases.all().values()) {
            assertThat(Compiler.compile(program).askNames())
                    .filteredOn(ask -> ask.startsWith("asyncio."))
                    .allMatch(words::contains);
        }
    }

    @Test
    void aPeriodicThreadSleepsUntilMultiplesOfItsPeriod() {
        assertThat(told(TwentyCases.fifoTwoLevels(), "periodic", 6, 1_000_000L, 7_000_000L))
                .containsExactly(
                        "compute 1000000",
                        "sleep_until 7000000",
                        "compute 1000000",
                        "sleep_until 14000000",
                        "compute 1000000",
                        "sleep_until 21000000");
    }

    @Test
    void theKernelWorkloadsGoRoundAsTheirProgramsSay() {
        assertThat(told(TwentyCases.pipePingpong(), "ping", 3))
                .containsExactly("write 3 1", "read 4 1", "write 3 1");
        assertThat(told(TwentyCases.mutexConvoy(), "c", 5))
                .containsExactly(
                        "lock 0", "compute 200000", "unlock 0", "compute 300000", "lock 0");
        assertThat(told(TwentyCases.semPool(), "w", 5))
                .containsExactly(
                        "wait 0", "compute 300000", "sleep 1000000", "post 0", "compute 100000");
        assertThat(told(TwentyCases.forkStorm(), "par", 10))
                .containsOnlyOnce("join")
                .endsWith("spawn 1 300000", "join", "sleep 2000000");
    }

    @Test
    void anMlfqJobIssuesItsIoAfterEachShareButNotAtItsEnd() {
        long tick = TwentyCases.TICK;
        assertThat(told(TwentyCases.ostepMlfq(), "job", 9, 7 * tick, 3 * tick, 5 * tick))
                .containsExactly(
                        "compute 3000000",
                        "sleep 5000000",
                        "compute 3000000",
                        "sleep 5000000",
                        "compute 1000000",
                        "=null");
        assertThat(told(TwentyCases.ostepMlfq(), "job", 9, 6 * tick, 3 * tick, 5 * tick))
                .endsWith("sleep 5000000", "compute 3000000", "=null");
    }

    @Test
    void aTextbookProcessIssuesWaitsAndHandlesItsIo() {
        assertThat(told(TwentyCases.ostepProcessRun(), "io", 5))
                .containsExactly(
                        "compute 1000000", "submit 3", "read 3", "compute 1000000", "=null");
        assertThat(told(TwentyCases.ostepLottery(), "job", 5, 2L))
                .containsExactly("compute 4000000", "compute 4000000", "=null");
    }

    @Test
    void leavingATimeoutBlockTellsTheRuntimeWhatIsOnItsWay() {
        Program program = TwentyCases.waitForTie();
        assertThat(told(program, "main", 6))
                .containsExactly(
                        "asyncio.timeout_enter 100000",
                        "a start",
                        "sleep 100000",
                        "a end",
                        "asyncio.timeout_exit 0 null",
                        "r-a");
        assertThat(toldUntilThrown(program, "sleep", "CancelledError", "TimeoutError"))
                .containsExactly(
                        "asyncio.timeout_enter 100000",
                        "a start",
                        "sleep 100000",
                        "asyncio.timeout_exit 0 CancelledError",
                        "timeout",
                        "=null");
    }

    @Test
    void theSameWorkRunsInTheTaskOrIsOffloaded() {
        assertThat(told(TwentyCases.cpuBoundAndOffloaded(), "cpu", 9, 0L))
                .containsExactly("cpu start", "compute 350000000", "cpu end 42", "=null");
        assertThat(told(TwentyCases.cpuBoundAndOffloaded(), "cpu", 9, 1L))
                .containsExactly("cpu start", "offload 3 350000000", "cpu end 0", "=null");
    }

    /// What a strand tells a runtime that answers every ask with 0, up to `count` things.
    private static List<String> told(Program program, String function, int count, Object... args) {
        return new Telling(program, function, args).run(count, "", List.of());
    }

    /// As above, to the end; the first ask of a kind, and then the next ask, get an exception.
    private static List<String> toldUntilThrown(
            Program program, String ask, String first, String second) {
        return new Telling(program, "main").run(99, ask, List.of(first, second));
    }

    private static final class Telling {
        private final Code code;
        private final Strand strand;
        private final Globals globals;
        private final List<String> told = new ArrayList<>();

        Telling(Program program, String function, Object... args) {
            code = Compiler.compile(program);
            strand = Strand.start(code, code.functionIndex(function), args);
            globals = code.newGlobals();
        }

        List<String> run(int count, String throwFrom, List<String> exceptions) {
            List<String> left = new ArrayList<>(exceptions);
            while (told.size() < count) {
                switch (Interpreter.resume(code, strand, globals, 0)) {
                    case Interpreter.COMPUTE -> told.add("compute " + strand.computeNs());
                    case Interpreter.LOG -> told.add(strand.text());
                    case Interpreter.ASK -> {
                        told.add(askText());
                        boolean begun = left.size() < exceptions.size();
                        if (!left.isEmpty() && (begun || strand.askName().equals(throwFrom))) {
                            strand.throwInto(Raised.byLibrary(left.removeFirst(), ""));
                        } else {
                            strand.answer(0);
                        }
                    }
                    case Interpreter.DONE -> {
                        told.add("=" + Values.format(strand.resultObject()));
                        return told;
                    }
                    default -> {
                        told.add("!" + strand.raised());
                        return told;
                    }
                }
            }
            return told;
        }

        private String askText() {
            StringBuilder text = new StringBuilder(strand.askName());
            for (int i = 0; i < strand.argCount(); i++) {
                text.append(' ').append(Values.format(strand.argObject(i)));
            }
            return text.toString();
        }
    }
}
