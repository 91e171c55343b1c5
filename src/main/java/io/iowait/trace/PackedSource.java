package io.iowait.trace;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/// Reads the frames of a packed file.
final class PackedSource implements FrameSource {
    private static final int BUFFER_BYTES = 1 << 16;

    private final InputStream in;
    private final byte[] prefix = new byte[4];
    private String remains = "";

    private PackedSource(InputStream in) {
        this.in = in;
    }

    static PackedSource open(Path file) throws IOException {
        if (Files.size(file) == 0) {
            throw QueueFile.empty(file);
        }
        InputStream raw = Files.newInputStream(file);
        try {
            return new PackedSource(new GZIPInputStream(raw, BUFFER_BYTES));
        } catch (EOFException e) {
            raw.close();
            throw QueueFile.empty(file);
        } catch (ZipException e) {
            raw.close();
            throw new TraceException("not an iowait trace: %s is not packed".formatted(file), e);
        }
    }

    @Override
    public boolean next(Frames into) throws IOException {
        try {
            int there = in.readNBytes(prefix, 0, prefix.length);
            if (there == 0) {
                return false;
            }
            int length = lengthOf(prefix);
            if (there == prefix.length && in.readNBytes(into.fill(length), 0, length) == length) {
                return true;
            }
        } catch (EOFException e) {
            // zlib's word for a file that was cut
        }
        remains = "the file ends in the middle of a block";
        return false;
    }

    private static int lengthOf(byte[] prefix) {
        int length = 0;
        for (int i = prefix.length - 1; i >= 0; i--) {
            length = length << 8 | prefix[i] & 0xFF;
        }
        return length;
    }

    @Override
    public String remains() {
        return remains;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
