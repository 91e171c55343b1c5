package io.iowait.scenario;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.Label;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.LabelTarget;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.List;

/// Counts the rounds of loops and the calls of a user's code, so that an operation that does not
/// come back ends at the same point of virtual time in every run.
///
/// Each jump backwards and each beginning of a method of a compiled class calls `round()` of a
/// class that is compiled beside it, whose budget is filled before each operation. What blocks
/// inside the Java library is not counted: a watchdog outside of the emulated world has the last
/// word there.
final class LoopMeter {
    /// Rounds of one operation: a few hundredths of a second on a host of today, far above any
    /// scheduler's need.
    static final int ROUNDS_MAX = 10_000_000;

    /// What it says.
    static final String LOOPS =
            "it does not come back: more than %d rounds of its loops and calls"
                    .formatted(ROUNDS_MAX);

    /// The class that counts; each run has one of its own.
    static final String CLASS = "iowait.Rounds";

    static final String SOURCE =
            """
            package iowait;
            public final class Rounds implements Runnable {
                private static int left;
                public Rounds() {}
                public static void round() {
                    if (--left <= 0) {
                        throw new io.iowait.sched.PolicyFault("%s");
                    }
                }
                @Override
                public void run() {
                    left = %d;
                }
            }
            """
                    .formatted(LOOPS, ROUNDS_MAX);

    private static final ClassDesc ROUNDS = ClassDesc.of(CLASS);
    private static final MethodTypeDesc NOTHING = MethodTypeDesc.of(ConstantDescs.CD_void);

    private LoopMeter() {}

    /// The class, with the calls put in.
    ///
    /// @param resolver knows the classes beside it
    static byte[] metered(byte[] code, ClassHierarchyResolver resolver) {
        ClassFile file = ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(resolver));
        ClassTransform transform =
                ClassTransform.transformingMethodBodies(
                        CodeTransform.ofStateful(LoopMeter::counting));
        return file.transformClass(file.parse(code), transform);
    }

    private static CodeTransform counting() {
        List<Label> passed = new ArrayList<>();
        boolean[] begun = new boolean[1];
        return (builder, element) -> {
            if (!begun[0]) {
                begun[0] = true;
                builder.invokestatic(ROUNDS, "round", NOTHING);
            }
            if (element instanceof LabelTarget target) {
                passed.add(target.label());
            } else if (element instanceof BranchInstruction branch
                    && passed.contains(branch.target())) {
                builder.invokestatic(ROUNDS, "round", NOTHING);
            }
            builder.with(element);
        };
    }
}
