package io.iowait.program;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A compiled program: immutable, shared by all its strands. Made by [Compiler#compile].
///
/// A fresh code's ask kinds are indexes into [#askNames()]; [#bind] replaces them by the runtime's
/// numbers.
public final class Code {
    /// Backward jumps and calls that a strand may make without telling its runtime anything.
    public static final long STEP_BUDGET_DEFAULT = 10_000_000;

    /// Where a kind is asked for: for refusals.
    record AskSite(int name, int argCount, String function, String where) {}

    /// A compiled function: where it starts and how its frame looks. Slot 0 is the frame's header,
    /// then parameters, other locals, temporaries.
    record FunctionCode(
            String name, int entry, int end, int paramCount, int localCount, int frameSize) {}

    /// What a handler catches.
    record Match(
            List<String> names, boolean everything, boolean exceptions, Set<String> notException) {
        boolean catches(String className) {
            return everything
                    || names.contains(className)
                    || exceptions && !notException.contains(className);
        }
    }

    final String name;
    final int[] instructions;
    final long[] numbers;
    final Object[] objects;
    final Template[] templates;
    final FunctionCode[] functions;

    /// Rows of four: first pc, end pc (exclusive), handler pc, slot that receives the exception.
    /// Inner ones first.
    final int[] handlers;

    final boolean usesObjects;
    final int main;
    final int globalsInit;
    final List<String> globalNames;
    final List<String> askNames;
    final List<AskSite> askSites;
    final int[] askKinds;
    final long stepBudget;

    Code(Parts parts, int[] askKinds, long stepBudget) {
        name = parts.name;
        instructions = parts.instructions;
        numbers = parts.numbers;
        objects = parts.objects;
        templates = parts.templates;
        functions = parts.functions;
        handlers = parts.handlers;
        usesObjects = parts.usesObjects;
        main = parts.main;
        globalsInit = parts.globalsInit;
        globalNames = parts.globalNames;
        askNames = parts.askNames;
        askSites = parts.askSites;
        this.askKinds = askKinds;
        this.stepBudget = stepBudget;
    }

    /// What the compiler made.
    record Parts(
            String name,
            int[] instructions,
            long[] numbers,
            Object[] objects,
            Template[] templates,
            FunctionCode[] functions,
            int[] handlers,
            boolean usesObjects,
            int main,
            int globalsInit,
            List<String> globalNames,
            List<String> askNames,
            List<AskSite> askSites) {}

    private Parts parts() {
        return new Parts(
                name,
                instructions,
                numbers,
                objects,
                templates,
                functions,
                handlers,
                usesObjects,
                main,
                globalsInit,
                globalNames,
                askNames,
                askSites);
    }

    /// The same code with the runtime's numbers for its ask kinds.
    ///
    /// @throws IllegalArgumentException naming the first kind that the table lacks and the nearest
    ///   word that it has
    public Code bind(AskTable table) {
        int[] bound = new int[askNames.size()];
        for (AskSite site : askSites) {
            String ask = askNames.get(site.name);
            AskTable.Kind kind = table.kinds().get(ask);
            String place =
                    " program="
                            + name
                            + " function="
                            + site.function
                            + (site.where.isEmpty() ? "" : " where=" + site.where);
            if (kind == null) {
                throw new IllegalArgumentException(
                        "this runtime has no such ask: ask="
                                + ask
                                + " nearest="
                                + Words.nearest(ask, table.kinds().keySet())
                                + place);
            }
            if (site.argCount < kind.argsMin() || site.argCount > kind.argsMax()) {
                throw new IllegalArgumentException(
                        "wrong number of arguments: ask="
                                + ask
                                + " argCount="
                                + site.argCount
                                + " argsMin="
                                + kind.argsMin()
                                + " argsMax="
                                + kind.argsMax()
                                + place);
            }
            bound[site.name] = kind.number();
        }
        return new Code(parts(), bound, stepBudget);
    }

    /// The same code with another step budget.
    public Code withStepBudget(long steps) {
        if (steps <= 0) {
            throw new IllegalArgumentException("step budget must be positive: steps=" + steps);
        }
        return new Code(parts(), askKinds, steps);
    }

    public String name() {
        return name;
    }

    /// Whether slots hold objects; if not, every value is a number and nothing is allocated.
    public boolean usesObjects() {
        return usesObjects;
    }

    /// The ask kinds used, in order of first use.
    public List<String> askNames() {
        return askNames;
    }

    public int mainFunction() {
        return main;
    }

    /// Names of all functions, in order of their indexes.
    public List<String> functionNames() {
        return Arrays.stream(functions).map(FunctionCode::name).toList();
    }

    public int functionCount() {
        return globalsInit;
    }

    public String functionName(int function) {
        return functions[function].name;
    }

    public int paramCount(int function) {
        return functions[function].paramCount;
    }

    /// @throws IllegalArgumentException if there is no function of that name
    public int functionIndex(String function) {
        for (int i = 0; i < functionCount(); i++) {
            if (functions[i].name.equals(function)) {
                return i;
            }
        }
        List<String> names = new ArrayList<>();
        for (int i = 0; i < functionCount(); i++) {
            names.add(functions[i].name);
        }
        throw new IllegalArgumentException(
                "no such function: function="
                        + function
                        + " nearest="
                        + Words.nearest(function, names)
                        + " program="
                        + name);
    }

    /// Whether there is a function of that name.
    public boolean hasFunction(String function) {
        for (int i = 0; i < functionCount(); i++) {
            if (functions[i].name.equals(function)) {
                return true;
            }
        }
        return false;
    }

    public List<String> globalNames() {
        return globalNames;
    }

    /// Position of a global in [Globals], -1 when there is none.
    public int globalIndex(String global) {
        return globalNames.indexOf(global);
    }

    /// The shared variables of a new run, set to their initial values.
    public Globals newGlobals() {
        Globals globals = new Globals(globalNames.size(), usesObjects);
        Strand init = Strand.start(this, globalsInit);
        int outcome = Interpreter.resume(this, init, globals, 0);
        if (outcome != Interpreter.DONE) {
            throw new IllegalArgumentException(
                    "initial value of a global failed: program="
                            + name
                            + " outcome="
                            + Interpreter.outcomeName(outcome)
                            + (outcome == Interpreter.RAISED ? " raised=" + init.raised() : ""));
        }
        return globals;
    }

    /// A listing for people: a line an instruction.
    public String disassemble() {
        StringBuilder out = new StringBuilder();
        for (FunctionCode f : functions) {
            out.append(f.name)
                    .append(": params=")
                    .append(f.paramCount)
                    .append(" locals=")
                    .append(f.localCount)
                    .append(" frame=")
                    .append(f.frameSize)
                    .append('\n');
            for (int pc = f.entry; pc < f.end; pc += Opcodes.length(instructions, pc)) {
                out.append(String.format("%6d  ", pc)).append(disassemble(pc)).append('\n');
            }
        }
        for (int row = 0; row < handlers.length; row += 4) {
            out.append("handler: pcs=")
                    .append(handlers[row])
                    .append("..")
                    .append(handlers[row + 1])
                    .append(" at=")
                    .append(handlers[row + 2])
                    .append(" into=s")
                    .append(handlers[row + 3])
                    .append('\n');
        }
        return out.toString();
    }

    private String disassemble(int pc) {
        int opcode = instructions[pc];
        StringBuilder out = new StringBuilder(Opcodes.name(opcode));
        int at = pc + 1;
        for (String operand : Opcodes.operands(opcode)) {
            out.append(' ').append(operandText(opcode, operand, at++));
        }
        return out.toString();
    }

    private String operandText(int opcode, String operand, int at) {
        int value = instructions[at];
        return switch (operand) {
            case "d", "s" -> "s" + value;
            case "d?" -> value < 0 ? "-" : "s" + value;
            case "k" -> Long.toString(numbers[value]);
            case "o" -> quoted(objects[value]);
            case "g" -> globalNames.get(value);
            case "t" -> "->" + value;
            case "f" -> opcode == Opcodes.ASK ? askNames.get(value) : functions[value].name;
            case "r" -> "frame=" + value;
            case "e" -> Arrays.toString(templates[value].literals());
            case "e?" -> value < 0 ? "-" : Arrays.toString(templates[value].literals());
            case "m" -> ((Match) objects[value]).names.toString();
            case "*" -> argumentsText(at);
            default -> Integer.toString(value);
        };
    }

    private String argumentsText(int countAt) {
        List<String> texts = new ArrayList<>();
        for (int i = 1; i <= instructions[countAt]; i++) {
            int arg = instructions[countAt + i];
            texts.add(arg >= 0 ? "s" + arg : quoted(constant(arg)));
        }
        return texts.toString();
    }

    private static String quoted(Object constant) {
        return constant instanceof String s ? '"' + s + '"' : Values.format(constant);
    }

    /// An argument below 0 is a constant: complemented, its lowest bit tells the pool (0 numbers, 1
    /// objects).
    static int numberArgument(int index) {
        return ~(index << 1);
    }

    static int objectArgument(int index) {
        return ~(index << 1 | 1);
    }

    static boolean isObjectArgument(int arg) {
        return (~arg & 1) == 1;
    }

    static int argumentIndex(int arg) {
        return ~arg >> 1;
    }

    private Object constant(int arg) {
        return isObjectArgument(arg)
                ? objects[argumentIndex(arg)]
                : (Object) numbers[argumentIndex(arg)];
    }

    /// Function names and indexes, for tables of a runtime.
    public Map<String, Integer> functionIndexes() {
        Map<String, Integer> indexes = new LinkedHashMap<>();
        for (int i = 0; i < functionCount(); i++) {
            indexes.put(functions[i].name, i);
        }
        return indexes;
    }
}
