package io.iowait.runtime;

import io.iowait.kernel.IntQueue;
import io.iowait.program.Raised;
import java.util.ArrayList;
import java.util.List;

/// Mutexes and semaphores of the coroutines of one loop: no thread ever sleeps for them.
///
/// Waiters are FIFO, and what is given back is handed to the first of them: nobody overtakes. Where
/// the flavour wants it otherwise (gevent), it is free again until the first waiter is offered it
/// ([#offer]), and whoever comes before that takes it.
final class StrandLocks {
    static final int NOBODY = -1;

    private final boolean handsOver;

    private final List<Word> words = new ArrayList<>();

    private static final class Word {
        private final boolean isMutex;
        private final IntQueue waiters = new IntQueue();
        private int free;
        private int owner = NOBODY;
        private boolean offering;

        private Word(int free, boolean isMutex) {
            this.free = free;
            this.isMutex = isMutex;
        }
    }

    StrandLocks(boolean handsOver) {
        this.handsOver = handsOver;
    }

    int create(int free, boolean isMutex) {
        words.add(new Word(free, isMutex));
        return words.size() - 1;
    }

    /// Takes one; false if the strand has to wait, at the end of the queue.
    boolean take(int lock, int strand) {
        Word word = words.get(lock);
        if (word.free == 0) {
            word.waiters.add(strand);
            return false;
        }
        word.free--;
        word.owner = strand;
        return true;
    }

    /// The strand waits no longer.
    void withdraw(int lock, int strand) {
        IntQueue waiters = words.get(lock).waiters;
        for (int left = waiters.size(); left > 0; left--) {
            int waiter = waiters.take();
            if (waiter != strand) {
                waiters.add(waiter);
            }
        }
    }

    /// What a program is thrown that unlocks a mutex of somebody else, or of nobody.
    static Raised notHeld() {
        return Raised.byLibrary("RuntimeError", "unlocks a mutex that it does not hold");
    }

    /// Whether a mutex is the strand's to unlock.
    boolean isHeldBy(int lock, int strand) {
        return words.get(lock).owner == strand;
    }

    /// Gives one back; the strand that has it now, or [#NOBODY].
    ///
    /// @throws IllegalArgumentException if it is a mutex that another strand holds
    int giveBack(int lock, int strand, boolean asMutex) {
        Word word = words.get(lock);
        if (asMutex != word.isMutex || asMutex && word.owner != strand) {
            throw new IllegalArgumentException(
                    "a mutex must be unlocked by its holder: lock=%d strand=%d holder=%d"
                            .formatted(lock, strand, word.owner));
        }
        word.free++;
        word.owner = NOBODY;
        return handsOver ? offer(lock) : NOBODY;
    }

    /// Whether the waiters have to be offered what was given back; once until [#offer] comes.
    boolean mustOffer(int lock) {
        Word word = words.get(lock);
        boolean must = !handsOver && !word.offering && !word.waiters.isEmpty();
        word.offering |= must;
        return must;
    }

    /// Whether another one may have one, too.
    boolean hasMore(int lock) {
        Word word = words.get(lock);
        return word.free > 0 && !word.waiters.isEmpty();
    }

    /// The first waiter takes what is free; that strand, or [#NOBODY].
    int offer(int lock) {
        Word word = words.get(lock);
        word.offering = false;
        if (word.free == 0 || word.waiters.isEmpty()) {
            return NOBODY;
        }
        word.free--;
        word.owner = word.waiters.take();
        return word.owner;
    }
}
