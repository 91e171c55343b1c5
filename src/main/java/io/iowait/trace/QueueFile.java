package io.iowait.trace;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The data file of a queue, walked without Chronicle: tells whether Chronicle may be let at it,
/// and reads what is left of a file that is not whole.
///
/// Chronicle maps the file: behind the end of a cut file that is a fault, in a file whose header
/// was never finished a wait of many seconds. Here it is a comparison.
///
///     excerpt  0 header (4): bit 31 unfinished | bit 30 Chronicle's own | bits 0-29 length
///              4 bytes, then up to 3 more so that the next header lies on a multiple of 4
///
/// A header of 0 is where nothing was written yet. Why so: decisions.md#a-queue-file-is-walked-first.
///
/// Source: Chronicle Wire, `Wires`; checked against
/// 2026.4 by tests that cut files everywhere.
final class QueueFile implements FrameSource {
    static final String SUFFIX = ".cq4";
    static final String TABLE_SUFFIX = ".cq4t";

    private static final int UNFINISHED = 1 << 31;
    private static final int OWN = 1 << 30;
    private static final int LENGTH = OWN - 1;
    private static final int HEADER_BYTES = 4;

    private final Path folder;
    private final FileChannel channel;
    private final long size;
    private final ByteBuffer head = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    private long at;
    private String remains = "";

    private QueueFile(Path folder, FileChannel channel) throws IOException {
        this.folder = folder;
        this.channel = channel;
        this.size = channel.size();
    }

    /// Opens the one data file of the folder.
    ///
    /// @throws TraceException if there is none, or if nothing was ever written to it
    static QueueFile open(Path folder) throws IOException {
        List<Path> data = filesOf(folder, SUFFIX);
        if (data.isEmpty() && filesOf(folder, TABLE_SUFFIX).isEmpty()) {
            throw new TraceException("not a trace: %s holds no queue file".formatted(folder));
        }
        if (data.size() > 1) {
            throw new TraceException(
                    "not an iowait trace: %s holds %d queue files".formatted(folder, data.size()));
        }
        if (data.isEmpty()) {
            throw empty(folder);
        }
        QueueFile file = new QueueFile(folder, FileChannel.open(data.getFirst()));
        if (!file.isStarted()) {
            file.close();
            throw empty(folder);
        }
        return file;
    }

    static TraceException empty(Path trace) {
        return empty(trace, "the recording was cut off at its start");
    }

    static TraceException empty(Path trace, String why) {
        return new TraceException("no records in %s: %s; record again".formatted(trace, why));
    }

    static List<Path> filesOf(Path folder, String suffix) throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + suffix)) {
            files.forEach(found::add);
        }
        return found;
    }

    /// Whether Chronicle finished the file's own header.
    private boolean isStarted() throws IOException {
        return readHead(0) >= HEADER_BYTES && head.getInt(0) > 0;
    }

    /// Whether Chronicle finished the table beside the data; it waits 10 s for one that it did not.
    private static boolean hasTable(Path folder) throws IOException {
        List<Path> tables = filesOf(folder, TABLE_SUFFIX);
        if (tables.size() != 1) {
            return false;
        }
        try (QueueFile table = new QueueFile(folder, FileChannel.open(tables.getFirst()))) {
            return table.isStarted();
        }
    }

    /// Whether Chronicle may read the folder: walks to the end and back, and sees to it that every
    /// excerpt lies wholly in the file and, unless it is Chronicle's own, begins like a frame.
    boolean isIntact() throws IOException {
        int length;
        boolean frames = true;
        while (frames && (length = nextFrame()) >= 0) {
            frames = head.limit() == 8 && isTag(head.getInt(HEADER_BYTES));
            at = behind(length);
        }
        boolean intact = frames && remains.isEmpty() && hasTable(folder);
        at = 0;
        remains = "";
        return intact;
    }

    private static boolean isTag(int word) {
        return word == Frames.START || word == Frames.BLOCK || word == Frames.END;
    }

    @Override
    public boolean next(Frames into) throws IOException {
        int length = nextFrame();
        if (length < 0) {
            return false;
        }
        byte[] bytes = into.fill(length);
        ByteBuffer target = ByteBuffer.wrap(bytes, 0, length);
        long from = at + HEADER_BYTES;
        while (target.hasRemaining() && channel.read(target, from + target.position()) > 0) {}
        at = behind(length);
        return true;
    }

    /// Moves to the next excerpt that is not Chronicle's own; returns its length, or -1 at the end.
    private int nextFrame() throws IOException {
        while (true) {
            if (readHead(at) < HEADER_BYTES) {
                remains = "the file ends at byte %d, without room for more".formatted(size);
                return -1;
            }
            int header = head.getInt(0);
            if (header == 0 || (header & UNFINISHED) != 0) {
                return -1;
            }
            int length = header & LENGTH;
            if (at + HEADER_BYTES + length > size) {
                remains =
                        "the file ends at byte %d, in the middle of what begins at byte %d"
                                .formatted(size, at);
                return -1;
            }
            if ((header & OWN) == 0) {
                return length;
            }
            at = behind(length);
        }
    }

    private long behind(int length) {
        return at + HEADER_BYTES + length + 3 & ~3L;
    }

    private int readHead(long position) throws IOException {
        head.clear();
        while (head.hasRemaining() && channel.read(head, position + head.position()) > 0) {}
        head.flip();
        return head.limit();
    }

    @Override
    public String remains() {
        return remains;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
