package io.iowait.runtime;

import io.iowait.engine.Time;
import io.iowait.program.Raised;
import io.iowait.program.Strand;
import io.iowait.program.Value;
import io.iowait.program.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// The arguments of an ask, with declared objects replaced by those of this run.
public final class Arguments {
    private final UnaryOperator<Object> objects;
    private final Strand strand;

    /// @param objects gives the object in a declaration's place, and any other value as it is
    public Arguments(UnaryOperator<Object> objects, Strand strand) {
        this.objects = objects;
        this.strand = strand;
    }

    public int count() {
        return strand.argCount();
    }

    public Object object(int index) {
        return objects.apply(strand.argObject(index));
    }

    public long number(int index) {
        Object value = object(index);
        if (value instanceof Long n) {
            return n;
        }
        if (value == Value.TRUE || value == Value.FALSE) {
            return value == Value.TRUE ? 1 : 0;
        }
        throw Thrown.library("TypeError", "a number is needed, found " + Values.format(value));
    }

    public boolean truth(int index) {
        return Values.isTrue(object(index));
    }

    public String text(int index) {
        return Values.format(object(index));
    }

    public int function(int index) {
        return (int) number(index);
    }

    /// The arguments from `index` on.
    public Object[] rest(int index) {
        Object[] rest = new Object[strand.argCount() - index];
        for (int i = 0; i < rest.length; i++) {
            rest[i] = strand.argObject(index + i);
        }
        return rest;
    }

    /// A time so long after now; null is [Time#NEVER].
    public long after(int index, long nowNs) {
        return object(index) == Value.NULL ? Time.NEVER : nowNs + number(index);
    }

    /// The class of the object, or TypeError.
    public <T> T as(Class<T> type, int index) {
        return cast(type, object(index));
    }

    public static <T> T cast(Class<T> type, Object value) {
        if (type.isInstance(value)) {
            return type.cast(value);
        }
        throw Thrown.library(
                "TypeError",
                "a " + type.getSimpleName() + " is needed, found " + Values.format(value));
    }

    /// An exception, or nothing for null.
    public @Nullable Raised raised(int index) {
        return object(index) instanceof Raised raised ? raised : null;
    }

    /// The elements of a list.
    public List<Object> list(int index) {
        List<Object> all = new ArrayList<>();
        for (Object element : (ArrayList<?>) as(ArrayList.class, index)) {
            all.add(objects.apply(element));
        }
        return all;
    }

    /// The class name and message of an exception to be made.
    public Raised newException(int index) {
        Object message = object(index + 1);
        return Raised.byProgram(text(index), message == Value.NULL ? "" : Values.format(message));
    }
}
