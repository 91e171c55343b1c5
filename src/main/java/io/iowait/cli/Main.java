package io.iowait.cli;

import io.iowait.scenario.Version;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/// The `iowait` command: parses the arguments and hands over to a subcommand.
@Command(
        name = "iowait",
        mixinStandardHelpOptions = true,
        versionProvider = Main.VersionText.class,
        description = "Emulates kernel scheduling and blocking I/O in virtual time.",
        subcommands = {
            RunCommand.class,
            CompareCommand.class,
            ReplayCommand.class,
            CheckCommand.class,
            ShowCommand.class,
            ValidateCommand.class,
            ConformanceCommand.class,
            ExportCommand.class,
            ListCommand.class,
            HelpCommand.class
        },
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Examples:",
            "  iowait run                                  the flagship comparison, beside Linux",
            "  iowait run flagship clients=1000 think=5ms  one run of a scenario",
            "  iowait run round-robin policy=fifo          another policy",
            "  iowait run deadlock                         the wait-for cycle is named",
            "  iowait compare flagship as=threads,loop clients=10,1000  side by side",
            "  iowait run flagship --record my-run         record, then",
            "  iowait replay my-run                        execute again and compare every record",
            "  iowait check my-run                         hold the laws against a trace",
            "  iowait show round-robin                     a timeline of CPUs and tasks",
            "  iowait list flagship                        the keys of a scenario",
            "",
            "Exit status:",
            "    0  ok",
            "    1  a law is violated, a replay diverges, or a case fails",
            "    2  bad input: command line, scenario or file",
            "    3  a recording or another result could not be written, the answer among them",
            "    4  the program deadlocks, makes no progress, or lets an exception through",
            "   70  an error of iowait's own",
            "  130  interrupted (SIGINT); what was recorded so far can be read",
            "  143  ended by SIGTERM; the same"
        })
public final class Main implements Runnable {
    private static final String LOG_CONFIGURATION = "logback.configurationFile";

    @Spec private CommandSpec spec;

    @Option(
            names = {"-v", "--verbose"},
            scope = ScopeType.INHERIT,
            description = "Show stack traces of errors.")
    @SuppressWarnings("UnusedVariable") // Failures asks the parse result, which there may be alone
    private boolean verbose;

    private final Terminal terminal;

    private Main(CommandSpec unparsed, Terminal terminal) {
        this.spec = unparsed;
        this.terminal = terminal;
    }

    /// Ends the process with the subcommand's status.
    public static void main(String[] args) {
        if (System.getProperty(LOG_CONFIGURATION) == null) {
            System.setProperty(LOG_CONFIGURATION, "io/iowait/cli/logback.xml");
        }
        StandardOutput answer = new StandardOutput();
        PrintWriter out = new PrintWriter(answer, false, System.out.charset());
        PrintWriter err = new PrintWriter(System.err, true, System.err.charset());
        ForeignExit.watch(err);
        int status = answer.status(run(Terminal.own(), out, err, args), err);
        if (!Interruption.isAsked()) {
            ForeignExit.over();
            System.exit(status);
        }
    }

    /// Executes a command line that speaks to no terminal; returns the exit status.
    public static int run(PrintWriter out, PrintWriter err, String... args) {
        return run(Terminal.none(), out, err, args);
    }

    private static int run(Terminal terminal, PrintWriter out, PrintWriter err, String... args) {
        CommandLine commandLine = commandLine(terminal).setOut(out).setErr(err);
        try {
            return commandLine.execute(args);
        } catch (StackOverflowError | OutOfMemoryError e) {
            return Failures.report(e, err, false);
        } finally {
            out.flush();
            err.flush();
        }
    }

    /// The parser with all its subcommands, as `main` uses it.
    public static CommandLine commandLine() {
        return commandLine(Terminal.none());
    }

    private static CommandLine commandLine(Terminal terminal) {
        return new CommandLine(new Main(CommandSpec.create(), terminal))
                .setUsageHelpWidth(100)
                .setParameterExceptionHandler(Failures::ofCommandLine)
                .setExecutionExceptionHandler(Failures::ofExecution);
    }

    /// The terminal of a command line that was parsed.
    static Terminal terminal(CommandSpec command) {
        return ((Main) command.root().userObject()).terminal;
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    static final class VersionText implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"iowait " + Version.TEXT};
        }
    }
}
