package io.iowait.device;

/// A character device: a stream of bytes at a fixed rate, with a small buffer in front.
///
/// It cannot be positioned: what was read is gone. While the buffer is full the stream stands still
/// (the sender is held up, nothing is lost). The device asks for attention when `trigger` bytes are
/// there.
///
/// Source: the receive FIFO of a 16550 UART, whose trigger level is 1, 4, 8 or 14 of 16 bytes.
public final class CharacterModel {
    private final long nsPerByte;
    private final int bufferBytes;
    private final int triggerBytes;

    private long level;
    private long levelAtNs;

    /// @param nsPerByte at most one byte a ns
    /// @param triggerBytes 1 to `bufferBytes`
    public CharacterModel(long nsPerByte, int bufferBytes, int triggerBytes) {
        if (nsPerByte < 1) {
            throw new IllegalArgumentException("a byte takes time: nsPerByte=" + nsPerByte);
        }
        if (triggerBytes < 1 || triggerBytes > bufferBytes) {
            throw new IllegalArgumentException(
                    "the trigger must be in 1..buffer: triggerBytes=%d bufferBytes=%d"
                            .formatted(triggerBytes, bufferBytes));
        }
        this.nsPerByte = nsPerByte;
        this.bufferBytes = bufferBytes;
        this.triggerBytes = triggerBytes;
    }

    /// Bytes in the buffer.
    long level(long nowNs) {
        long arrived = (nowNs - levelAtNs) / nsPerByte;
        if (level + arrived >= bufferBytes) {
            level = bufferBytes;
            levelAtNs = nowNs;
        } else {
            level += arrived;
            levelAtNs += arrived * nsPerByte;
        }
        return level;
    }

    /// Takes up to so many bytes; returns how many.
    long take(long bytes, long nowNs) {
        long taken = Math.min(bytes, level(nowNs));
        level -= taken;
        return taken;
    }

    /// When the device will ask for attention.
    long triggerNs(long nowNs) {
        long lacking = triggerBytes - level(nowNs);
        return lacking <= 0 ? nowNs : levelAtNs + lacking * nsPerByte;
    }
}
