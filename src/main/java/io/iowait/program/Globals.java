package io.iowait.program;

import org.jspecify.annotations.Nullable;

/// The shared variables of one run; made by [Code#newGlobals()].
public final class Globals {
    final long[] numbers;
    final @Nullable Object[] refs;

    Globals(int count, boolean objects) {
        numbers = new long[count];
        refs = objects ? new Object[count] : Strand.EMPTY;
    }

    /// The value of a variable, numbers as `Long`; `index` as from [Code#globalIndex].
    public Object value(int index) {
        return Values.box(refs.length == 0 ? null : refs[index], numbers[index]);
    }

    public void set(int index, long number) {
        numbers[index] = number;
        if (refs.length > 0) {
            refs[index] = null;
        }
    }
}
