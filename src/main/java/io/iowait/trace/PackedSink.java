package io.iowait.trace;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/// Writes frames to one compressed file: gzip over `length (4, little-endian), frame`, repeated.
///
/// No name and no time goes into it, so equal frames give equal bytes (with the same zlib).
final class PackedSink implements FrameSink {
    private static final int BUFFER_BYTES = 1 << 16;

    private final OutputStream out;
    private final byte[] prefix = new byte[4];

    private PackedSink(OutputStream out) {
        this.out = out;
    }

    static PackedSink open(Path file) throws IOException {
        OutputStream plain = Channels.newOutputStream(Claim.write(file));
        OutputStream raw = new BufferedOutputStream(plain, BUFFER_BYTES);
        return new PackedSink(new BestGzip(raw));
    }

    @Override
    public void write(byte[] bytes, int length) throws IOException {
        for (int i = 0; i < prefix.length; i++) {
            prefix[i] = (byte) (length >>> 8 * i);
        }
        out.write(prefix);
        out.write(bytes, 0, length);
    }

    @Override
    public void close() throws IOException {
        out.close();
    }

    private static final class BestGzip extends GZIPOutputStream {
        BestGzip(OutputStream out) throws IOException {
            super(out, BUFFER_BYTES);
            def.setLevel(Deflater.BEST_COMPRESSION);
        }
    }
}
