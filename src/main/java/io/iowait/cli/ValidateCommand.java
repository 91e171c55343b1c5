package io.iowait.cli;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `iowait validate`: holds the emulator against recordings of real machines.
@Command(
        name = "validate",
        mixinStandardHelpOptions = true,
        description = "Holds the emulator against recordings of real machines.",
        subcommands = {ValidateLinuxCommand.class, ValidateFitCommand.class})
final class ValidateCommand implements Runnable {
    @Spec private @Nullable CommandSpec spec;

    @Override
    public void run() {
        CommandLine command = Objects.requireNonNull(spec).commandLine();
        throw new ParameterException(
                command,
                "found no machine to be held against, expected one of "
                        + String.join(", ", command.getSubcommands().keySet()));
    }
}
