package io.iowait.program;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// A program before compilation: functions, shared variables, named objects, and what its dialect
/// says.
///
/// @param functions in the order of their indexes
/// @param main name of the function a strand starts at by default
/// @param globals initial value of each shared variable, evaluated once per run, in order
/// @param objects name → object, visible everywhere where no variable has that name; a `Long` is a
///   plain number
/// @param notException class names that a handler for `Exception` lets pass
/// @param keepsObjects compile for objects even if the program itself only uses numbers (its
///   runtime answers objects)
public record Program(
        String name,
        List<Function> functions,
        String main,
        Map<String, Expr> globals,
        Map<String, Object> objects,
        Set<String> notException,
        boolean keepsObjects) {
    public Program {
        functions = List.copyOf(functions);
        globals = Collections.unmodifiableMap(new LinkedHashMap<>(globals));
        objects = Collections.unmodifiableMap(new LinkedHashMap<>(objects));
        notException = Collections.unmodifiableSet(new TreeSet<>(notException));
    }

    /// Starts a program whose main function is `main`.
    public static Builder named(String name) {
        return new Builder(name);
    }

    /// Collects the parts of a program; every verb returns the builder.
    public static final class Builder {
        private final String name;
        private final List<Function> functions = new ArrayList<>();
        private final Map<String, Expr> globals = new LinkedHashMap<>();
        private final Map<String, Object> objects = new LinkedHashMap<>();
        private final Set<String> notException = new TreeSet<>();
        private String main = "main";
        private boolean keepsObjects;

        private Builder(String name) {
            this.name = name;
        }

        public Builder function(Function function) {
            functions.add(function);
            return this;
        }

        public Builder function(String function, List<String> params, List<Statement> body) {
            return function(new Function(function, params, body));
        }

        public Builder main(String function) {
            main = function;
            return this;
        }

        /// Declares a shared variable; `initial` as for [Expr#of].
        public Builder global(String variable, Object initial) {
            globals.put(variable, Expr.of(initial));
            return this;
        }

        public Builder object(String objectName, Object object) {
            objects.put(objectName, object);
            return this;
        }

        /// A handler for `Exception` lets this class name pass.
        public Builder notException(String className) {
            notException.add(className);
            return this;
        }

        /// The runtime answers objects: compile for them from the start.
        public Builder keepsObjects() {
            keepsObjects = true;
            return this;
        }

        public Program build() {
            return new Program(name, functions, main, globals, objects, notException, keepsObjects);
        }

        public Code compile() {
            return Compiler.compile(build());
        }
    }
}
