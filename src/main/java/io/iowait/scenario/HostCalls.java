package io.iowait.scenario;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LineNumber;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDesc;
import java.lang.constant.DirectMethodHandleDesc;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a policy's source must not ask of the host: to end the process, and threads of its own. The
/// one would end the run without a word, the others would make it differ from run to run.
///
/// It reads compiled classes, so that method references are found too. What hides behind reflection
/// is left to the watchdog.
final class HostCalls {
    private static final List<String> ENDS =
            List.of("java.lang.System.exit", "java.lang.Runtime.exit", "java.lang.Runtime.halt");

    /// Methods that start threads.
    private static final List<String> THREADS =
            List.of(
                    "java.lang.Thread.<init>",
                    "java.lang.Thread.startVirtualThread",
                    "java.lang.Thread.ofVirtual",
                    "java.lang.Thread.ofPlatform",
                    "java.util.Timer.<init>",
                    "java.util.concurrent.CompletableFuture.runAsync",
                    "java.util.concurrent.CompletableFuture.supplyAsync");

    /// Classes that are made of them.
    private static final List<String> POOLS =
            List.of(
                    "java.util.concurrent.Executors.",
                    "java.util.concurrent.ForkJoinPool.",
                    "java.util.concurrent.ThreadPoolExecutor.");

    /// Of whatever collection.
    private static final String PARALLEL = ".parallelStream";

    private HostCalls() {}

    /// The first such call of a class, as `line: what is wrong and how to mend it`.
    static Optional<String> in(byte[] code) {
        ClassModel type = ClassFile.of().parse(code);
        for (MethodModel method : type.methods()) {
            Optional<String> found = method.code().flatMap(HostCalls::in);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private static Optional<String> in(CodeModel method) {
        int line = 1;
        for (CodeElement element : method) {
            if (element instanceof LineNumber number) {
                line = number.line();
            }
            for (String called : called(element)) {
                Optional<String> wrong = wrongWith(called);
                if (wrong.isPresent()) {
                    return Optional.of("%d: %s".formatted(line, wrong.get()));
                }
            }
        }
        return Optional.empty();
    }

    private static List<String> called(CodeElement element) {
        List<String> called = new ArrayList<>();
        if (element instanceof InvokeInstruction call) {
            called.add(name(call.owner().asSymbol(), call.name().stringValue()));
        } else if (element instanceof InvokeDynamicInstruction call) {
            for (ConstantDesc argument : call.bootstrapArgs()) {
                if (argument instanceof DirectMethodHandleDesc handle) {
                    called.add(name(handle.owner(), handle.methodName()));
                }
            }
        }
        return called;
    }

    private static String name(ClassDesc owner, String method) {
        return owner.packageName() + "." + owner.displayName() + "." + method;
    }

    private static Optional<String> wrongWith(String called) {
        if (ENDS.contains(called)) {
            return Optional.of(
                    "found a call of %s, which would end the run without a word; a policy that gives up throws an exception"
                            .formatted(called));
        }
        if (THREADS.contains(called)
                || called.endsWith(PARALLEL)
                || POOLS.stream().anyMatch(called::startsWith)) {
            return Optional.of(
                    "found a call of %s; a policy has no threads of its own, it is called (arm() of its context makes a timer)"
                            .formatted(called));
        }
        return Optional.empty();
    }
}
