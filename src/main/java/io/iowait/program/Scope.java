package io.iowait.program;

import java.util.ArrayList;
import java.util.List;

/// What surrounds the statement being translated, for break, continue, return and exceptions.
sealed interface Scope {
    /// A loop with its two targets.
    record Loop(Label breakTo, Label continueTo) implements Scope {}

    /// Instructions whose exceptions go to a handler. `finallyBody` is empty for handlers proper.
    /// The pcs covered have gaps where a way out has its copy of the `finally` body.
    final class Protected implements Scope {
        final List<Statement> finallyBody;
        private final List<int[]> ranges = new ArrayList<>();
        private int start;

        Protected(List<Statement> finallyBody, int start) {
            this.finallyBody = finallyBody;
            this.start = start;
        }

        void open(int pc) {
            start = pc;
        }

        void close(int pc) {
            if (pc > start) {
                ranges.add(new int[] {start, pc});
            }
            start = pc;
        }

        List<int[]> ranges() {
            return ranges;
        }
    }

    /// A jump target; `fixups` are the operands to fill in once it is known.
    final class Label {
        private static final int UNKNOWN = -1;
        private int pc = UNKNOWN;
        private final List<Integer> fixups = new ArrayList<>();

        /// Appends the target as an operand.
        void addTo(IntList instructions) {
            if (pc == UNKNOWN) {
                fixups.add(instructions.size());
            }
            instructions.add(pc);
        }

        /// The target is the next instruction.
        void here(IntList instructions) {
            pc = instructions.size();
            for (int at : fixups) {
                instructions.set(at, pc);
            }
        }
    }
}
