package io.iowait.cli;

import io.iowait.scenario.Nearest;
import io.iowait.scenario.ScenarioException;
import io.iowait.sched.PolicyFault;
import io.iowait.trace.TraceException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/// Turns whatever went wrong into one line on standard error and an exit status. Stack traces are
/// for `-v` and the environment variable `IOWAIT_DEBUG`.
final class Failures {
    private Failures() {}

    /// For wrong command lines.
    static int ofCommandLine(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        String message = e.getMessage() == null ? "unusable command line" : e.getMessage();
        if (e instanceof UnmatchedArgumentException unmatched) {
            message = unmatched(unmatched.getUnmatched().getFirst(), command);
        }
        line(
                command.getErr(),
                message + "; see " + command.getCommandSpec().qualifiedName() + " --help");
        return Exit.BAD_INPUT;
    }

    private static String unmatched(String word, CommandLine command) {
        boolean isOption = word.startsWith("-");
        List<String> known = new ArrayList<>();
        if (isOption) {
            command.getCommandSpec().optionsMap().keySet().forEach(known::add);
        } else {
            known.addAll(command.getSubcommands().keySet());
        }
        int equals = word.indexOf('=');
        String name = equals > 0 ? word.substring(0, equals) : word;
        Optional<String> nearest = Nearest.of(name, known);
        return (isOption ? "unknown option '" : "unknown command '")
                + name
                + "'"
                + nearest.map(other -> ", did you mean '" + other + "'?").orElse("");
    }

    /// For what a command throws.
    static int ofExecution(Exception e, CommandLine command, ParseResult parsed) {
        return report(e, command.getErr(), isVerbose(parsed));
    }

    static int report(Throwable e, PrintWriter err, boolean verbose) {
        if (verbose) {
            e.printStackTrace(err);
        }
        String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return switch (e) {
            case CliException cli -> status(err, message, cli.status());
            case ScenarioException scenario -> {
                scenario.problems().forEach(problem -> line(err, problem));
                yield Exit.BAD_INPUT;
            }
            case PolicyFault policy -> whole(err, message, Exit.FAILED);
            case TraceException trace -> status(err, message, Exit.BAD_INPUT);
            case FileSystemException file ->
                    status(err, "%s: %s".formatted(file.getFile(), reason(file)), Exit.BAD_INPUT);
            case IOException io -> status(err, reason(io), Exit.BAD_INPUT);
            case UncheckedIOException io -> report(causeOf(io), err, false);
            case OutOfMemoryError memory ->
                    status(
                            err,
                            "not enough memory (%s); make the scenario smaller, or set IOWAIT_JAVA_OPTS=-Xmx.."
                                    .formatted(message),
                            Exit.INTERNAL);
            default ->
                    status(
                            err,
                            "internal error, please report it: %s: %s (IOWAIT_DEBUG=1 shows where)"
                                    .formatted(e.getClass().getSimpleName(), message),
                            Exit.INTERNAL);
        };
    }

    /// What is wrong with a file, without its name.
    static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException none -> "no such file or folder";
            case AccessDeniedException denied -> "not permitted";
            case FileSystemLoopException loop -> "a loop of symbolic links";
            case FileSystemException other when other.getReason() != null -> other.getReason();
            case CharacterCodingException coding -> "not a text in UTF-8";
            default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        };
    }

    private static Throwable causeOf(UncheckedIOException e) {
        IOException cause = e.getCause();
        return cause == null ? new IOException(e.getMessage()) : cause;
    }

    private static boolean isVerbose(ParseResult parsed) {
        return System.getenv("IOWAIT_DEBUG") != null
                || parsed.hasMatchedOption("--verbose")
                || parsed.hasSubcommand() && isVerbose(parsed.subcommand());
    }

    /// The one line, and below it what a policy's author has to see. A line and what belongs to it.
    static int whole(PrintWriter err, String message, int status) {
        line(err, message);
        message.lines().skip(1).forEach(err::println);
        err.flush();
        return status;
    }

    private static int status(PrintWriter err, String message, int status) {
        line(err, message);
        return status;
    }

    /// The one line: whatever more the message has is left to `-v`.
    static void line(PrintWriter err, String message) {
        err.println("iowait: " + message.lines().findFirst().orElse("").strip());
        err.flush();
    }
}
