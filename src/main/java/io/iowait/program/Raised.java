package io.iowait.program;

import java.util.List;
import java.util.stream.Collectors;

/// An exception of the emulated program. Compared by identity: raised again it is the same object.
public final class Raised implements Formatted {
    private final String className;
    private final String message;
    private final boolean fromProgram;
    private final boolean group;
    private final List<Object> members;

    private Raised(
            String className, String message, boolean fromProgram, boolean group, List<?> members) {
        this.className = className;
        this.message = message;
        this.fromProgram = fromProgram;
        this.group = group;
        this.members = List.copyOf(members);
    }

    /// An exception that the program raises itself: its message is shown.
    public static Raised byProgram(String className, String message) {
        return new Raised(className, message, true, false, List.of());
    }

    /// An exception made by a runtime or by the interpreter: only its class name is shown.
    public static Raised byLibrary(String className, String message) {
        return new Raised(className, message, false, false, List.of());
    }

    /// An exception that stands for several; shown as `className[a,b]`.
    public static Raised group(String className, List<?> members) {
        return new Raised(className, "", false, true, members);
    }

    public String className() {
        return className;
    }

    /// The message, "" when there is none; for exceptions of the library meant for people only.
    public String message() {
        return message;
    }

    public boolean fromProgram() {
        return fromProgram;
    }

    public boolean isGroup() {
        return group;
    }

    public List<Object> members() {
        return members;
    }

    @Override
    public String format() {
        if (group) {
            return className
                    + members.stream()
                            .map(Values::format)
                            .collect(Collectors.joining(",", "[", "]"));
        }
        return fromProgram && !message.isEmpty() ? className + ":" + message : className;
    }

    @Override
    public String toString() {
        return message.isEmpty() || group ? format() : className + ":" + message;
    }
}
