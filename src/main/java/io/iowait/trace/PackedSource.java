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

    /// What gzip puts before the packed bytes when it has neither a name nor a time, and behind.
    private static final int HEADER_BYTES = 10;

    private static final int TRAILER_BYTES = 8;

    private final Gzip in;
    private final long size;
    private final byte[] prefix = new byte[4];
    private String remains = "";

    private PackedSource(Gzip in, long size) {
        this.in = in;
        this.size = size;
    }

    /// Knows how many packed bytes it has taken.
    private static final class Gzip extends GZIPInputStream {
        Gzip(InputStream in) throws IOException {
            super(in, BUFFER_BYTES);
        }

        long takenBytes() {
            return inf.getBytesRead();
        }
    }

    static PackedSource open(Path file) throws IOException {
        if (Files.size(file) == 0) {
            throw QueueFile.empty(file);
        }
        InputStream raw = Files.newInputStream(file);
        try {
            return new PackedSource(new Gzip(raw), Files.size(file));
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
    public String surplus() {
        long bytes = HEADER_BYTES + in.takenBytes() + TRAILER_BYTES;
        return bytes == size
                ? ""
                : "the packed trace has %d bytes, the file %d".formatted(bytes, size);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
