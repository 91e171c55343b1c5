package io.iowait.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.regex.Pattern;

/// A command line that was executed in this process, and what came of it.
record Call(int status, String out, String err) {
    static Call iowait(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int status = Main.run(new PrintWriter(out), new PrintWriter(err), args);
        return new Call(status, out.toString(), err.toString());
    }

    static Call iowait(List<String> args) {
        return iowait(args.toArray(String[]::new));
    }

    /// The text after `"hash" : "` or `hash `.
    String hash() {
        var found = Pattern.compile("hash\\W+([0-9a-f]{16})").matcher(out);
        if (!found.find()) {
            throw new AssertionError("no hash in: " + out + err);
        }
        return found.group(1);
    }
}
