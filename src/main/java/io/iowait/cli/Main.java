package io.iowait.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// The `iowait` command: parses the arguments and hands over to a subcommand.
@Command(
        name = "iowait",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = "Emulates kernel scheduling and blocking I/O in virtual time.")
public final class Main implements Runnable {
    private static final String LOG_CONFIGURATION = "logback.configurationFile";

    @Spec private CommandSpec spec;

    private Main(CommandSpec unparsed) {
        spec = unparsed;
    }

    /// Ends the process with the subcommand's status, or with what picocli says about a wrong line.
    public static void main(String[] args) {
        if (System.getProperty(LOG_CONFIGURATION) == null) {
            System.setProperty(LOG_CONFIGURATION, "io/iowait/cli/logback.xml");
        }
        System.exit(commandLine().execute(args));
    }

    /// The parser with all its subcommands, as `main` uses it.
    public static CommandLine commandLine() {
        return new CommandLine(new Main(CommandSpec.create()));
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    @Command(name = "run", description = "Runs a comparison.")
    void runComparison() {
        run();
    }

    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"iowait " + (version == null ? "(unpackaged)" : version)};
        }
    }
}
