package io.iowait.invariant;

/// The posts that wait on one loop, in order of posting.
///
/// Post number `n` of a loop with order has its mark in a ring; `head` is the oldest that still
/// waits. A loop without order keeps the ids only.
final class LoopPosts {
    static final long NOT_WAITING = -1;

    private static final byte WAITS = 0;
    private static final byte GONE = 1;

    private final boolean fifo;
    private final LongMap numbers = new LongMap(); // post id → number
    private byte[] marks = new byte[64]; // by number; a power of two
    private long head;
    private long tail;

    LoopPosts(boolean fifo) {
        this.fifo = fifo;
    }

    /// Adds a post; false if one of that id waits already.
    boolean post(long id) {
        if (numbers.contains(id)) {
            return false;
        }
        numbers.put(id, tail);
        if (fifo) {
            if (tail - head == marks.length) {
                grow();
            }
            marks[slotOf(tail)] = WAITS;
        }
        tail++;
        return true;
    }

    /// Takes a post back; false if it does not wait.
    boolean cancel(long id) {
        long number = numbers.remove(id);
        if (number == LongMap.MISSING) {
            return false;
        }
        leave(number);
        return true;
    }

    /// Takes out a post that runs.
    ///
    /// @return how many older ones it overtakes (each is told once), or [#NOT_WAITING]
    long run(long id) {
        long number = numbers.remove(id);
        if (number == LongMap.MISSING) {
            return NOT_WAITING;
        }
        long overtaken = 0;
        if (fifo && number > head) {
            for (; head < number; head++) {
                overtaken += marks[slotOf(head)] == WAITS ? 1 : 0;
            }
        }
        leave(number);
        return overtaken;
    }

    private void leave(long number) {
        if (!fifo || number < head) {
            return;
        }
        marks[slotOf(number)] = GONE;
        while (head < tail && marks[slotOf(head)] == GONE) {
            head++;
        }
    }

    private void grow() {
        byte[] longer = new byte[marks.length * 2];
        for (long n = head; n < tail; n++) {
            longer[(int) n & longer.length - 1] = marks[slotOf(n)];
        }
        marks = longer;
    }

    private int slotOf(long number) {
        return (int) number & marks.length - 1;
    }
}
