package io.iowait.program;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Compiles a [Program] to [Code]: checks it, collects constants, and lets [FunctionCompiler]
/// translate each function.
///
/// It translates for numbers first; where that meets anything that is no number (text, null, a
/// truth kept as a value, list, `try`), it starts again for objects. A constant that is only an
/// argument of an ask needs no objects.
public final class Compiler {
    /// The hidden function that sets the globals.
    private static final String INIT = "<globals>";

    final Program program;
    final boolean objects;
    final Map<String, Integer> functionIndexes = new LinkedHashMap<>();
    final List<String> globalNames;
    private final List<Long> numbers = new ArrayList<>();
    private final List<Object> constants = new ArrayList<>();
    private final List<Template> templates = new ArrayList<>();
    private final List<String> askNames = new ArrayList<>();
    private final List<Code.AskSite> askSites = new ArrayList<>();
    final IntList instructions = new IntList();
    final IntList handlers = new IntList();
    private boolean objectsNeeded;

    private Compiler(Program program, boolean objects) {
        this.program = program;
        this.objects = objects;
        globalNames = List.copyOf(program.globals().keySet());
    }

    /// Translates the program.
    ///
    /// @throws IllegalArgumentException for an unknown name or function, a break outside of a loop,
    ///   and the like
    public static Code compile(Program program) {
        if (!program.keepsObjects()) {
            Compiler numbersOnly = new Compiler(program, false);
            Code code = numbersOnly.translate();
            if (!numbersOnly.objectsNeeded) {
                return code;
            }
        }
        return new Compiler(program, true).translate();
    }

    private Code translate() {
        List<Function> functions = program.functions();
        for (int i = 0; i < functions.size(); i++) {
            if (functionIndexes.putIfAbsent(functions.get(i).name(), i) != null) {
                throw new IllegalArgumentException(
                        "function defined twice: function="
                                + functions.get(i).name()
                                + " program="
                                + program.name());
            }
        }
        int main = functionIndex(program.main(), "main of the program");
        Function init = new Function(INIT, List.of(), initialValues());
        List<Code.FunctionCode> compiled =
                Stream.concat(functions.stream(), Stream.of(init))
                        .map(f -> new FunctionCompiler(this, f).translate())
                        .toList();
        int[] kinds = new int[askNames.size()];
        for (int i = 0; i < kinds.length; i++) {
            kinds[i] = i;
        }
        Code.Parts parts =
                new Code.Parts(
                        program.name(),
                        instructions.toArray(),
                        numbers.stream().mapToLong(Long::longValue).toArray(),
                        constants.toArray(),
                        templates.toArray(Template[]::new),
                        compiled.toArray(Code.FunctionCode[]::new),
                        handlers.toArray(),
                        objects,
                        main,
                        functions.size(),
                        globalNames,
                        List.copyOf(askNames),
                        List.copyOf(askSites));
        return new Code(parts, kinds, Code.STEP_BUDGET_DEFAULT);
    }

    private List<Statement> initialValues() {
        List<Statement> sets = new ArrayList<>();
        program.globals().forEach((name, value) -> sets.add(new Statement.Set(name, value)));
        return sets;
    }

    /// Says that this program needs objects.
    void needObjects() {
        objectsNeeded = true;
    }

    int functionIndex(String name, String usedIn) {
        Integer index = functionIndexes.get(name);
        if (index == null) {
            throw refusal("no such function", "function", name, functionIndexes.keySet(), usedIn);
        }
        return index;
    }

    IllegalArgumentException refusal(
            String rule, String key, String word, Collection<String> valid, String function) {
        String nearest = Words.nearest(word, valid.stream().sorted().toList());
        return new IllegalArgumentException(
                rule
                        + ": "
                        + key
                        + "="
                        + word
                        + (nearest.isEmpty() ? "" : " nearest=" + nearest)
                        + " program="
                        + program.name()
                        + " in="
                        + function);
    }

    int numberConstant(long value) {
        int at = numbers.indexOf(value);
        if (at < 0) {
            at = numbers.size();
            numbers.add(value);
        }
        return at;
    }

    /// Strings are shared by equality, other objects by identity.
    int objectConstant(Object value) {
        for (int i = 0; i < constants.size(); i++) {
            Object known = constants.get(i);
            if (known == value || value instanceof String && value.equals(known)) {
                return i;
            }
        }
        constants.add(value);
        return constants.size() - 1;
    }

    int template(Template template) {
        templates.add(template);
        return templates.size() - 1;
    }

    int ask(String name, int argCount, String function, String where) {
        int at = askNames.indexOf(name);
        if (at < 0) {
            at = askNames.size();
            askNames.add(name);
        }
        askSites.add(new Code.AskSite(at, argCount, function, where));
        return at;
    }
}
