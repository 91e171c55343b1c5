package io.iowait.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class MainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final CommandLine commandLine =
            Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));

    @Test
    void helpNamesTheCommand() {
        assertThat(commandLine.execute("--help")).isZero();
        assertThat(out.toString()).contains("Usage: iowait");
    }

    @Test
    void versionIsPrinted() {
        assertThat(commandLine.execute("--version")).isZero();
        assertThat(out.toString()).startsWith("iowait ");
    }

    @Test
    void refusesAnUnknownWord() {
        assertThat(commandLine.execute("--no-such-option")).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(err.toString()).contains("--no-such-option");
    }
}
