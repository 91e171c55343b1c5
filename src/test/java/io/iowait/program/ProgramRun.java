package io.iowait.program;

import java.util.ArrayList;
import java.util.List;

/// Drives one strand to its end, as a runtime that answers at once; keeps what it was told, in
/// order.
///
/// Asks: `echo x` answers x, `boom name` throws name, `sum a b` answers by calling function `sum`,
/// `stop` ends.
final class ProgramRun {
    final List<String> told = new ArrayList<>();
    final Globals globals;
    final Strand strand;
    private final Code code;
    private long nowNs;

    private ProgramRun(Code code, Object... args) {
        this.code = code;
        globals = code.newGlobals();
        strand = Strand.start(code, code.mainFunction(), args);
    }

    static ProgramRun of(Code code, Object... args) {
        ProgramRun run = new ProgramRun(code, args);
        run.drive();
        return run;
    }

    /// The logged lines and the end, joined by `;`.
    String text() {
        return String.join(";", told);
    }

    private void drive() {
        for (; ; ) {
            switch (Interpreter.resume(code, strand, globals, nowNs)) {
                case Interpreter.COMPUTE -> nowNs += strand.computeNs();
                case Interpreter.LOG -> told.add(strand.text());
                case Interpreter.ASK -> {
                    if (strand.askName().equals("stop")) {
                        return;
                    }
                    answer();
                }
                case Interpreter.DONE -> {
                    told.add("=" + Values.format(strand.resultObject()));
                    return;
                }
                case Interpreter.RAISED -> {
                    told.add("!" + Values.format(strand.raised()));
                    return;
                }
                default -> {
                    told.add("budget");
                    return;
                }
            }
        }
    }

    private void answer() {
        switch (strand.askName()) {
            case "echo" ->
                    strand.answerObject(strand.argCount() == 0 ? Value.NULL : strand.argObject(0));
            case "boom" ->
                    strand.throwInto(Raised.byLibrary(strand.argObject(0).toString(), "thrown"));
            case "sum" ->
                    strand.call(
                            code.functionIndex("sum"), strand.argObject(0), strand.argObject(1));
            default -> throw new AssertionError("unknown ask: " + strand.askName());
        }
    }
}
