package io.iowait.program;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// One execution of a program: where it stands, its frames, and what it last told its runtime.
///
/// About 50 bytes and 8 a slot (12 with objects); it starts with room for its first function and grows on calls.
/// A frame lies at `fp`: slot 0 is the header (pc and fp of the caller, or [#ROOT]), then the function's slots.
///
/// State, as the last [Interpreter#resume] or verb left it:
///
///     NEW ─resume─► COMPUTE LOG BUDGET ─resume─► …          DONE, RAISED: over, only restart
///      │            ASK ─answer/answerObject─► ANSWERED ─resume─► …
///      │            ASK ─call─► NEW (in the called function)
///      └─throwInto─► THROWN_NEW      any of the others but DONE, RAISED ─throwInto─► THROWN ─resume─► …
///
/// `throwInto` overrides an answer that was not yet taken up.
public final class Strand {
    static final @Nullable Object[] EMPTY = {};
    static final long ROOT = -1;

    static final int NEW = 16;
    static final int ANSWERED = 17;
    static final int THROWN = 18;
    static final int THROWN_NEW = 19;

    /// Frames may take this many slots before a call raises `RecursionError`.
    static final int SLOTS_MAX = 1 << 18;

    final Code code;
    long[] slots;
    @Nullable Object[] refs;
    int pc;
    int fp;
    int state;

    /// Computed ns, number of the answer or of the result; which one says `state`.
    long number;

    /// Text, object of the answer or result (null: it is the number), or [Raised].
    @Nullable Object object;

    private int first;

    private Strand(Code code, int function) {
        this.code = code;
        int size = code.functions[function].frameSize();
        slots = new long[size];
        refs = code.usesObjects ? new Object[size] : EMPTY;
        restart(function);
    }

    /// A strand that stands before the main function.
    public static Strand start(Code code) {
        return new Strand(code, code.main);
    }

    /// A strand that stands before a function; `args` as for [Values#of].
    public static Strand start(Code code, int function, @Nullable Object... args) {
        Strand strand = new Strand(code, function);
        strand.arguments(args);
        return strand;
    }

    /// A strand that stands before a function with numbers as arguments.
    public static Strand startWithNumbers(Code code, int function, long... args) {
        Strand strand = new Strand(code, function);
        for (int i = 0; i < args.length; i++) {
            strand.argument(i, args[i]);
        }
        return strand;
    }

    /// Forgets everything and stands before a function, without arguments; allocates only if its
    /// frame is larger.
    public void restart(int function) {
        first = function;
        fp = 0;
        enter(function, ROOT);
    }

    /// Sets an argument before the first step of a function; surplus ones are dropped.
    public void argument(int index, long value) {
        expect(NEW, "argument");
        if (index < code.functions[functionAt()].paramCount()) {
            slots[fp + 1 + index] = value;
            if (code.usesObjects) {
                refs[fp + 1 + index] = null;
            }
        }
    }

    /// Sets all arguments to those of another strand's ask, from one on.
    public void argumentsOf(Strand asker, int from) {
        expect(NEW, "argumentsOf");
        int paramCount = code.functions[functionAt()].paramCount();
        int count = Math.min(asker.argCount() - from, paramCount);
        for (int i = 0; i < count; i++) {
            if (asker.argIsNumber(from + i)) {
                argument(i, asker.argNumber(from + i));
            } else {
                store(fp + 1 + i, asker.argObject(from + i));
            }
        }
    }

    private void arguments(@Nullable Object... args) {
        int paramCount = code.functions[functionAt()].paramCount();
        for (int i = 0; i < Math.min(args.length, paramCount); i++) {
            store(fp + 1 + i, Values.of(args[i]));
        }
    }

    /// Whether the strand stands before its first step.
    public boolean isNew() {
        return state == NEW && fp == 0;
    }

    /// Whether the strand stands at an ask that has no answer yet.
    public boolean awaitsAnswer() {
        return state == Interpreter.ASK;
    }

    /// Answers the ask with a number; the next resume takes it up.
    public void answer(long value) {
        expect(Interpreter.ASK, "answer");
        number = value;
        object = null;
        state = ANSWERED;
    }

    /// Answers the ask with any value, as for [Values#of].
    public void answerObject(@Nullable Object value) {
        expect(Interpreter.ASK, "answerObject");
        Object answer = Values.of(value);
        if (answer instanceof Long n) {
            answer(n);
            return;
        }
        number = 0;
        object = answer;
        state = ANSWERED;
    }

    /// The next resume raises the exception where the strand stands; before the first step, outside
    /// of every `try` of the function that was about to begin.
    public void throwInto(Raised raised) {
        if (state == Interpreter.DONE || state == Interpreter.RAISED) {
            throw new IllegalStateException("strand is over: verb=throwInto " + describe());
        }
        object = raised;
        state = state == NEW || state == THROWN_NEW ? THROWN_NEW : THROWN;
    }

    /// Answers the ask by a function that runs here: its result is the answer, its exception goes
    /// to the asker.
    public void call(int function, @Nullable Object... args) {
        push(function);
        arguments(args);
    }

    /// As [#call], with numbers.
    public void callWithNumbers(int function, long... args) {
        push(function);
        for (int i = 0; i < args.length; i++) {
            argument(i, args[i]);
        }
    }

    private void push(int function) {
        expect(Interpreter.ASK, "call");
        long header = header(pc, fp);
        fp += code.instructions[pc + 3];
        enter(function, header);
    }

    /// Makes the frame at `fp`: room, header, locals empty.
    void enter(int function, long header) {
        Code.FunctionCode f = code.functions[function];
        reserve(fp + f.frameSize());
        slots[fp] = header;
        int localsEnd = fp + 1 + f.localCount();
        Arrays.fill(slots, fp + 1, localsEnd, 0);
        if (code.usesObjects) {
            Arrays.fill(refs, fp + 1, localsEnd, Value.NULL);
        }
        pc = f.entry();
        state = NEW;
    }

    /// Grows the slots, to at least twice their number.
    void reserve(int size) {
        if (size <= slots.length) {
            return;
        }
        int grown = Math.max(size, 2 * slots.length);
        slots = Arrays.copyOf(slots, grown);
        if (code.usesObjects) {
            refs = Arrays.copyOf(refs, grown);
        }
    }

    private void store(int slot, Object value) {
        if (value instanceof Long n) {
            slots[slot] = n;
            if (code.usesObjects) {
                refs[slot] = null;
            }
        } else if (code.usesObjects) {
            refs[slot] = value;
        } else if (value instanceof Value v) {
            slots[slot] = v == Value.TRUE ? 1 : 0;
        } else {
            throw numbersOnly(value);
        }
    }

    IllegalStateException numbersOnly(Object value) {
        return new IllegalStateException(
                "program keeps numbers only, declare it keepsObjects: value="
                        + Values.format(value)
                        + " "
                        + describe());
    }

    /// After COMPUTE: the CPU time to consume.
    public long computeNs() {
        expect(Interpreter.COMPUTE, "computeNs");
        return number;
    }

    /// After ASK: the bound kind (before [Code#bind], the index of its name).
    public int askKind() {
        expect(Interpreter.ASK, "askKind");
        return code.askKinds[code.instructions[pc + 1]];
    }

    /// After ASK: the name of the kind, for messages.
    public String askName() {
        expect(Interpreter.ASK, "askName");
        return code.askNames.get(code.instructions[pc + 1]);
    }

    public int argCount() {
        return code.instructions[pc + 4];
    }

    /// Whether the argument is a number or a boolean, so that [#argNumber] may be used.
    public boolean argIsNumber(int index) {
        Object ref = argRef(index);
        return ref == null || Values.isNumber(ref);
    }

    /// An argument of the ask as a number (booleans are 1 and 0).
    ///
    /// @throws NotANumber if it is none
    public long argNumber(int index) {
        Object ref = argRef(index);
        if (ref == null) {
            int arg = arg(index);
            return arg >= 0 ? slots[fp + arg] : code.numbers[Code.argumentIndex(arg)];
        }
        if (!Values.isNumber(ref)) {
            throw new NotANumber(askName(), index, Values.format(ref), describe());
        }
        return Values.number(ref);
    }

    /// An argument of the ask as a value, numbers as `Long`.
    public Object argObject(int index) {
        Object ref = argRef(index);
        return ref == null ? argNumber(index) : ref;
    }

    private int arg(int index) {
        if (state != Interpreter.ASK || index < 0 || index >= argCount()) {
            throw new IllegalStateException(
                    "no such argument: argument=" + index + " " + describe());
        }
        return code.instructions[pc + 5 + index];
    }

    private @Nullable Object argRef(int index) {
        int arg = arg(index);
        if (arg >= 0) {
            return code.usesObjects ? refs[fp + arg] : null;
        }
        return Code.isObjectArgument(arg) ? code.objects[Code.argumentIndex(arg)] : null;
    }

    /// After LOG: the line.
    public String text() {
        expect(Interpreter.LOG, "text");
        return object instanceof String s ? s : "";
    }

    /// After DONE: the result, numbers as `Long`; [Value#NULL] when nothing was returned.
    public Object resultObject() {
        expect(Interpreter.DONE, "resultObject");
        return Values.box(object, number);
    }

    /// After DONE: the result of a program of numbers; 0 when nothing was returned.
    public long resultNumber() {
        expect(Interpreter.DONE, "resultNumber");
        return number;
    }

    /// After RAISED: the exception that left the first function.
    public Raised raised() {
        expect(Interpreter.RAISED, "raised");
        return (Raised) java.util.Objects.requireNonNull(object);
    }

    /// The function it began with.
    public int first() {
        return first;
    }

    public Code code() {
        return code;
    }

    /// Number of frames: 1 in the first function.
    public int depth() {
        int depth = 1;
        for (int f = fp; slots[f] != ROOT; f = callerFp(slots[f])) {
            depth++;
        }
        return depth;
    }

    /// Function and pc, for messages.
    public String describe() {
        return "program="
                + code.name
                + " function="
                + code.functions[functionAt()].name()
                + " pc="
                + pc
                + " state="
                + Interpreter.outcomeName(state);
    }

    private int functionAt() {
        int function = code.functions.length - 1;
        while (function > 0 && code.functions[function].entry() > pc) {
            function--;
        }
        return function;
    }

    private void expect(int wanted, String verb) {
        if (state != wanted) {
            throw new IllegalStateException(
                    "verb not allowed now: verb="
                            + verb
                            + " needs="
                            + Interpreter.outcomeName(wanted)
                            + " "
                            + describe());
        }
    }

    static long header(int pc, int fp) {
        return (long) pc << 32 | fp;
    }

    static int callerPc(long header) {
        return (int) (header >>> 32);
    }

    static int callerFp(long header) {
        return (int) header;
    }
}
