package io.iowait.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.util.Optional;

/// The process's standard output, which remembers why writing to it failed: an answer that did not
/// arrive is no success.
final class StandardOutput extends OutputStream {
    /// A reader that has seen enough (`iowait list | head`) closes the pipe: no failure.
    private static final String ENOUGH = "Broken pipe";

    private final OutputStream out =
            new BufferedOutputStream(new FileOutputStream(FileDescriptor.out));
    private Optional<IOException> failure = Optional.empty();

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        try {
            out.write(bytes, from, length);
        } catch (IOException e) {
            throw remembered(e);
        }
    }

    @Override
    public void flush() throws IOException {
        try {
            out.flush();
        } catch (IOException e) {
            throw remembered(e);
        }
    }

    private IOException remembered(IOException e) {
        failure = failure.or(() -> Optional.of(e));
        return e;
    }

    /// The status of a command whose answer went here: its own, unless the answer was lost.
    int status(int own, PrintWriter err) {
        String why = failure.map(e -> String.valueOf(e.getMessage())).orElse(ENOUGH);
        if (why.equals(ENOUGH) || own != Exit.OK) {
            return own;
        }
        Failures.line(err, "cannot write the answer to standard output: " + why);
        return Exit.NOT_WRITTEN;
    }
}
