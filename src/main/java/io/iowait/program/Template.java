package io.iowait.program;

import org.jspecify.annotations.Nullable;

/// A compiled text: literals around values. `literals` is one longer than `places`.
///
/// A place is a slot (kind `SLOT`), a global (`GLOBAL`) or an already formatted constant, which is
/// part of a literal.
record Template(String[] literals, int[] kinds, int[] places) {
    static final int SLOT = 0;
    static final int GLOBAL = 1;

    String format(Strand s, int fp, Globals g) {
        if (places.length == 0) {
            return literals[0];
        }
        StringBuilder out = new StringBuilder(literals[0]);
        for (int i = 0; i < places.length; i++) {
            if (kinds[i] == GLOBAL) {
                append(out, g.refs.length == 0 ? null : g.refs[places[i]], g.numbers[places[i]]);
            } else {
                int slot = fp + places[i];
                append(out, s.refs.length == 0 ? null : s.refs[slot], s.slots[slot]);
            }
            out.append(literals[i + 1]);
        }
        return out.toString();
    }

    private static void append(StringBuilder out, @Nullable Object ref, long number) {
        if (ref == null) {
            out.append(number);
        } else {
            out.append(Values.format(ref));
        }
    }
}
