package io.iowait.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/// The `iowait` command: parses the arguments and hands over to a subcommand.
@Command(
        name = "iowait",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = "Emulates kernel scheduling and blocking I/O in virtual time.")
public final class Main implements Runnable {
    /// Exit status of the run: 0, or what picocli says about a wrong command line.
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    /// The parser with all its subcommands, as `main` uses it.
    public static CommandLine commandLine() {
        return new CommandLine(new Main());
    }

    @Override
    public void run() {
        CommandLine.usage(this, System.out);
    }

    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"iowait " + (version == null ? "(unpackaged)" : version)};
        }
    }
}
