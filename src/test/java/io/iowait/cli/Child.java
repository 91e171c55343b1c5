package io.iowait.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// `iowait` in a process of its own.
final class Child {
    private Child() {}

    /// @param jvm options of the JVM, separated by blanks
    static Process start(String jvm, List<String> args, Path out, Path err) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                List.of(
                        "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
                        "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
                        "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-XX:+UseSerialGC"));
        if (!jvm.isEmpty()) {
            command.addAll(List.of(jvm.split(" ")));
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "io.iowait.cli.Main"));
        command.addAll(args);
        try {
            return new ProcessBuilder(command)
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
