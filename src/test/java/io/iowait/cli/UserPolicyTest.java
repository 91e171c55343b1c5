package io.iowait.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.iowait.trace.TraceReader;
import io.iowait.tracepoint.Ejection;
import io.iowait.tracepoint.Kind;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A user's policy on the command line: what becomes of it when it is right, and when it is wrong.
class UserPolicyTest {
    private static final Path TEMPLATE = Path.of("docs/examples/MyPolicy.java");

    @TempDir Path folder;

    private record Answer(int status, String out, String err) {}

    private static Answer iowait(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int status = Main.run(new PrintWriter(out), new PrintWriter(err), args);
        return new Answer(status, out.toString(), err.toString());
    }

    /// Runs the template with some of its text replaced.
    private Answer changed(String from, String to) throws IOException {
        String source = Files.readString(TEMPLATE);
        assertThat(source).contains(from);
        Path file = folder.resolve("MyPolicy.java");
        Files.writeString(file, source.replace(from, to));
        return iowait("run", "round-robin", "--policy", file.toString());
    }

    @Test
    void theTemplateHasFortyLinesBesideItsImports() throws IOException {
        List<String> lines =
                Files.readAllLines(TEMPLATE).stream()
                        .map(String::strip)
                        .filter(line -> !line.isEmpty() && !line.startsWith("///"))
                        .filter(line -> !line.startsWith("import "))
                        .toList();
        assertThat(lines).hasSizeLessThanOrEqualTo(40);
    }

    @Test
    void theTemplateRunsUnderTheLawsAndIsShownBesideRoundRobin() {
        Answer answer =
                iowait(
                        "run",
                        "round-robin",
                        "cores=2",
                        "--policy",
                        TEMPLATE.toString(),
                        "--explain");
        assertThat(answer.status()).isZero();
        assertThat(answer.out())
                .contains("0 violated")
                .contains("0ns cpu 0 picks A: has had 0 us")
                .contains("your policy\n0 ns to")
                .contains("round robin\n0 ns to");
    }

    @Test
    void threeOperationsAreEnough() throws IOException {
        Path file = folder.resolve("Three.java");
        Files.writeString(
                file,
                """
                public class Three implements io.iowait.sched.Policy {
                    private final java.util.List<Integer> known = new java.util.ArrayList<>();

                    public void enqueue(int task, int flags, long nowNs) { known.add(task); }

                    public void dequeue(int task, int flags, long nowNs) {
                        known.remove((Integer) task);
                    }

                    public int pickNext(int cpu, long nowNs) {
                        return known.isEmpty() ? io.iowait.sched.Tasks.NO_TASK : known.getFirst();
                    }
                }
                """);
        Answer answer = iowait("show", "round-robin", "--policy", file.toString(), "--at", "1ms");
        assertThat(answer.status()).isZero();
        assertThat(answer.out()).contains("CPU 0  runs A");
    }

    @Test
    void aClassOfTheClassPathIsTakenByItsName() {
        Answer answer = iowait("run", "round-robin", "policy=io.iowait.sched.policy.FifoPolicy");
        assertThat(answer.status()).isZero();
        assertThat(answer.out()).contains("A: done").contains("your policy");
        Answer missing = iowait("run", "round-robin", "policy=org.example.Nothing");
        assertThat(missing.status()).isEqualTo(Exit.BAD_INPUT);
        assertThat(missing.err()).contains("org.example.Nothing").contains("class path");
    }

    @Test
    void errorsOfTheCompilerHaveFileAndLine() throws IOException {
        Answer answer = changed("waiting.add(task);", "waiting.ad(task); int x = \"a\";");
        assertThat(answer.status()).isEqualTo(Exit.BAD_INPUT);
        assertThat(answer.err().lines().toList()).hasSize(2);
        assertThat(answer.err())
                .contains("MyPolicy.java:19: cannot find symbol")
                .contains("MyPolicy.java:19: incompatible types");
    }

    @Test
    void aFileWithoutAPolicyIsRefused() throws IOException {
        Path file = folder.resolve("No.java");
        Files.writeString(file, "public class No {}");
        Answer answer = iowait("run", "round-robin", "--policy", file.toString());
        assertThat(answer.status()).isEqualTo(Exit.BAD_INPUT);
        assertThat(answer.err()).contains("found no class that implements");
        assertThat(iowait("run", "round-robin", "--policy", "Missing.java").err())
                .contains("Missing.java: no such file");
    }

    @Test
    void onePolicyThatThrowsIsEjectedWithADump() throws IOException {
        Answer answer =
                changed("return best;", "if (nowNs > 4_000_000) waiting.get(99); return best;");
        assertThat(answer.status()).isEqualTo(Exit.FAILED);
        assertThat(answer.err())
                .contains("policy mine is ejected in pickNext(cpu 0) at 5ms")
                .contains("IndexOutOfBoundsException")
                .contains("at MyPolicy.java:")
                .contains("it was given A(0), runnable");
    }

    @Test
    void onePolicyThatPicksAWrongTaskIsEjectedWithADump() throws IOException {
        assertThat(changed("return best;", "return nowNs > 3_000_000 ? 7 : best;").err())
                .contains("it picks wrongly: there is no task 7")
                .contains("it was given B(1)");
        assertThat(changed("return best;", "return nowNs > 13_500_000 ? 1 : best;").err())
                .contains("it picks wrongly: B(1), dead, is not among those it was given");
    }

    /// Also the answer and the trace tell it, the laws hold, and a replay is equal.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "return best; | if (nowNs > 4_000_000) waiting.get(99); return best;"
                        + " | pickNext(cpu 0) at 5ms: it throws IndexOutOfBounds | threw",
                "return best; | return nowNs > 3_000_000 ? 7 : best;"
                        + " | pickNext(cpu 0) at 4ms: it picks wrongly | picked_wrongly",
                "int best = Tasks.NO_TASK; | int best = Tasks.NO_TASK; while (nowNs > 5_000_000) {}"
                        + " | pickNext(cpu 0) at 6ms: it does not come back | looped",
                "return best; | while (nowNs > 5_000_000) tasks.count(); return best;"
                        + " | pickNext(cpu 0) at 6ms: it does not come back | looped",
                "return best; | if (nowNs > 5_000_000) return pickNext(cpu, nowNs); return best;"
                        + " | pickNext(cpu 0) at 6ms: it throws StackOverflowError | threw",
                "return 1_000_000; | if (tasks.sumExecNs(task) > 2_000_000) throw new"
                        + " RuntimeException(\"no\"); return 1_000_000;"
                        + " | sliceNs(A) at 9ms: it throws RuntimeException: no | threw",
                "waiting.remove((Integer) task); | throw new IllegalStateException();"
                        + " | dequeue(B) at 11ms: it throws IllegalStateException | threw"
            })
    void roundRobinTakesThePlaceOfOneThatFails(String from, String to, String where, String why)
            throws IOException {
        Path file = folder.resolve("MyPolicy.java");
        String source = Files.readString(TEMPLATE);
        assertThat(source).contains(from);
        Files.writeString(file, source.replace(from, to));
        Path trace = folder.resolve("ejected.iowt");
        Answer answer =
                iowait(
                        "run",
                        "round-robin",
                        "--policy",
                        file.toString(),
                        "--record",
                        trace.toString());
        assertThat(answer.err())
                .contains("policy mine is ejected in " + where)
                .contains("round robin takes its place");
        assertThat(answer.status()).isEqualTo(Exit.FAILED);
        assertThat(answer.out())
                .contains("outcome  finished at 21ms", "A: done", "B: done", "C: done")
                .contains(" 0 violated")
                .contains("your policy, until it was ejected");
        assertThat(iowait("replay", trace.toString()).out()).contains("equal ");
        assertThat(ejections(trace)).containsExactly(why);
    }

    private static List<String> ejections(Path trace) {
        List<String> ejections = new ArrayList<>();
        try (TraceReader reader = TraceReader.open(trace)) {
            reader.read(block -> {
                for (int i = 0; i < block.count(); i++) {
                    if (block.kind(i) == Kind.POLICY_EJECT) {
                        ejections.add(Ejection.name((int) block.b(i)));
                    }
                }
            });
        }
        return ejections;
    }

    /// As sched_ext's watchdog, after 30 s of virtual time; until then the CPU idles, which is
    /// W1's.
    @Test
    void aTaskThatIsForgottenIsRunInTheEnd() throws IOException {
        Answer answer = changed("return best;", "return nowNs > 5_000_000 ? -1 : best;");
        assertThat(answer.err())
                .contains("it does not pick a task that has been runnable for 30s")
                .contains("round robin takes its place");
        assertThat(answer.out()).contains("finished at 30", "VIOLATED  W1");
        assertThat(answer.status()).isEqualTo(Exit.FAILED);
    }

    @Test
    void severalCpusGoOnToo() throws IOException {
        Path file = folder.resolve("MyPolicy.java");
        Files.writeString(
                file,
                Files.readString(TEMPLATE)
                        .replace(
                                "return best;", "if (nowNs > 4_000_000) throw null; return best;"));
        Answer answer = iowait("run", "round-robin", "cores=2", "--policy", file.toString());
        assertThat(answer.out()).contains("finished at 11", " 0 violated");
        assertThat(answer.err()).contains("NullPointerException").contains("takes its place");
    }

    /// Each run has its own static fields.
    @Test
    void runsDoNotShareStaticFields() throws IOException {
        Answer answer =
                changed(
                        "private Tasks tasks;",
                        "private Tasks tasks; private static int runs;"
                                + " { if (runs++ > 0) throw new IllegalStateException(); }");
        assertThat(answer.status()).isZero();
    }

    @Test
    void onePolicyThatBlocksIsStoppedByTheWatchdogWhichNamesTheOperation() throws IOException {
        Answer answer =
                changed(
                        "int best = Tasks.NO_TASK;",
                        "int best = Tasks.NO_TASK; if (nowNs > 5_000_000) try {"
                                + " new java.util.concurrent.Semaphore(0).acquire();"
                                + " } catch (InterruptedException e) {"
                                + " throw new IllegalStateException(e); }");
        assertThat(answer.status()).isEqualTo(Exit.FAILED);
        assertThat(answer.err())
                .contains("policy mine is ejected in pickNext(cpu 0) at 6ms: no answer for 2 s");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "System.exit(0); | a call of java.lang.System.exit",
                "java.util.function.IntConsumer end = System::exit; | a call of java.lang.System.exit",
                "new Thread(() -> {}).start(); | a call of java.lang.Thread.<init>",
                "waiting.parallelStream().count(); | a call of java.util.List.parallelStream"
            })
    void onePolicyThatWouldEndTheProcessOrStartThreadsIsRefusedWithItsLine(
            String statement, String found) throws IOException {
        Answer answer =
                changed("return best;", "if (nowNs > 4_000_000) {" + statement + "} return best;");
        assertThat(answer.status()).isEqualTo(Exit.BAD_INPUT);
        assertThat(answer.err().lines()).hasSize(1);
        assertThat(answer.err()).contains("MyPolicy.java:36: found " + found).contains(";");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "throw new Error(\"bad\"); | it throws Error: bad at MyPolicy.java:36",
                "throw new StackOverflowError(); | it throws StackOverflowError at MyPolicy.java:36"
            })
    void errorsEjectAsExceptionsDo(String statement, String why) throws IOException {
        Answer answer =
                changed("return best;", "if (nowNs > 4_000_000) " + statement + " return best;");
        assertThat(answer.status()).isEqualTo(Exit.FAILED);
        assertThat(answer.err()).contains("at 5ms: " + why).contains("round robin takes its place");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tasks; | tasks; { if (tasks == null) throw new Error(\"no\"); } | its constructor throws java.lang.Error: no",
                "tasks; | tasks; static int zero = 0, x = 1 / zero; | it cannot be made"
            })
    void whatFailsBeforeTheRunIsRefused(String from, String to, String why) throws IOException {
        Answer answer = changed("private Tasks " + from, "private Tasks " + to);
        assertThat(answer.status()).isEqualTo(Exit.BAD_INPUT);
        assertThat(answer.err().lines()).hasSize(1);
        assertThat(answer.err()).contains(why);
    }

    /// Where no compiler looks on: a class of the class path, or reflection.
    @Test
    void theProcessDoesNotEndWithoutAWord() throws IOException, InterruptedException {
        Path file = folder.resolve("MyPolicy.java");
        Files.writeString(
                file,
                Files.readString(TEMPLATE)
                        .replace(
                                "return best;",
                                "if (nowNs > 4_000_000) try {"
                                        + " System.class.getMethod(\"exit\", int.class).invoke(null, 0);"
                                        + " } catch (Exception e) { } return best;"));
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        List<String> line = List.of("run", "round-robin", "--policy", file.toString());
        int status = Child.start("-XX:TieredStopAtLevel=1", line, out, err).waitFor();
        assertThat(Files.readString(err).lines().toList())
                .singleElement()
                .asString()
                .contains("iowait: policy: found a call of System.exit at MyPolicy.java:36");
        assertThat(status).isEqualTo(Exit.FAILED);
    }

    @Test
    void aReplayTellsThatThePolicyIsBrokenNow() throws IOException {
        Path file = folder.resolve("MyPolicy.java");
        String source = Files.readString(TEMPLATE);
        Files.writeString(file, source);
        String trace = folder.resolve("whole.iowt").toString();
        iowait("run", "round-robin", "--policy", file.toString(), "--record", trace);
        Files.writeString(
                file, source.replace("return best;", "if (nowNs > 0) throw null; return best;"));
        Answer answer = iowait("replay", trace);
        assertThat(answer.status()).isEqualTo(Exit.FAILED);
        assertThat(answer.err())
                .startsWith(
                        "iowait: the run diverges from its recording: policy mine is ejected in");
        Files.writeString(file, source.replace("return best;", "return worst;"));
        answer = iowait("replay", trace);
        assertThat(answer.status()).isEqualTo(Exit.BAD_INPUT);
        assertThat(answer.err())
                .startsWith("iowait: cannot replay " + trace)
                .contains("MyPolicy.java:36: cannot find symbol");
    }

    @Test
    void aComparisonIsUnderWatchToo() throws IOException {
        Path file = folder.resolve("MyPolicy.java");
        Files.writeString(
                file,
                Files.readString(TEMPLATE)
                        .replace(
                                "int best = Tasks.NO_TASK;",
                                "int best = Tasks.NO_TASK; if (nowNs > 5_000_000) try {"
                                        + " new java.util.concurrent.Semaphore(0).acquire();"
                                        + " } catch (InterruptedException e) {"
                                        + " throw new IllegalStateException(e); }"));
        Answer answer = iowait("compare", "round-robin", "policy=" + file + ",rr", "--seeds", "1");
        assertThat(answer.status()).isEqualTo(Exit.FAILED);
        assertThat(answer.err())
                .contains("policy mine is ejected in pickNext(cpu 0) at 6ms: no answer for 2 s");
    }

    @Test
    void nothingTakesThePlaceOfOneThatDoesNotEvenBegin_fails() throws IOException {
        Answer answer = changed("tasks = context.tasks();", "for (;;) {}");
        assertThat(answer.status()).isEqualTo(Exit.FAILED);
        assertThat(answer.err())
                .contains("is ejected in init() at 0ns: it does not come back")
                .doesNotContain("takes its place");
    }
}
