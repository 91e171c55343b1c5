package io.iowait.scenario;

import io.iowait.machine.Policies;
import io.iowait.sched.Policy;
import io.iowait.sched.policy.RoundRobinPolicy;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/// Policies that are not ours: a source file, compiled in memory, or a class of the class path.
///
/// The class has a constructor without arguments, or one that takes the slice in ns. Each run gets
/// an instance of its own, in a [GuardedPolicy]; round robin takes the place of one that fails. A
/// source file's loops are counted ([LoopMeter]), its static fields are the run's own, and it asks
/// nothing of the host ([HostCalls]).
public final class UserPolicies {
    private static final String JAVA = ".java";

    /// What was compiled, by source text: a file that is used for several runs is compiled once.
    private static final Map<String, Map<String, byte[]>> COMPILED = new TreeMap<>();

    private UserPolicies() {}

    /// Whether a value of `policy` means a user's policy: a file `….java`, or a class with its
    /// package.
    public static boolean isOne(String word) {
        return !Policies.names().contains(word) && (word.endsWith(JAVA) || word.indexOf('.') > 0);
    }

    /// A new instance.
    ///
    /// @throws ScenarioException if there is none, with the reason, and file and line where it does
    ///   not compile
    public static Policy load(String word, long sliceNs) {
        Class<?> type;
        Runnable refill = () -> {};
        if (word.endsWith(JAVA)) {
            Loader loader = new Loader(compiled(word));
            type = policyIn(word, loader);
            refill = (Runnable) instance(word, loader.type(LoopMeter.CLASS), sliceNs);
            refill.run();
        } else {
            type = named(word);
        }
        if (!Policy.class.isAssignableFrom(type)) {
            throw fault(
                    word,
                    "%s does not implement %s".formatted(type.getName(), Policy.class.getName()));
        }
        Policy policy = (Policy) instance(word, type, sliceNs);
        return GuardedPolicy.substituting(
                policy,
                boundNs ->
                        RoundRobinPolicy.exact(boundNs > 0 ? Math.min(boundNs, sliceNs) : sliceNs),
                refill);
    }

    private static Class<?> named(String word) {
        try {
            ClassLoader callers = Thread.currentThread().getContextClassLoader();
            return Class.forName(word, true, callers);
        } catch (ClassNotFoundException | LinkageError e) {
            throw fault(word, "no such class on the class path");
        }
    }

    private static Object instance(String word, Class<?> type, long sliceNs) {
        try {
            Constructor<?> constructor = constructor(word, type);
            constructor.setAccessible(true);
            return constructor.getParameterCount() == 0
                    ? constructor.newInstance()
                    : constructor.newInstance(sliceNs);
        } catch (InvocationTargetException e) {
            throw fault(word, "its constructor throws " + e.getCause());
        } catch (ReflectiveOperationException | LinkageError e) {
            throw fault(word, "it cannot be made: " + e);
        }
    }

    private static Constructor<?> constructor(String word, Class<?> type) {
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
            Class<?>[] parameters = constructor.getParameterTypes();
            if (parameters.length == 0 || parameters.length == 1 && parameters[0] == long.class) {
                return constructor;
            }
        }
        throw fault(word, "expected a constructor without arguments, or one of (long sliceNs)");
    }

    // ---------------------------------------------------------------- compiling

    private static synchronized Map<String, byte[]> compiled(String word) {
        String source = source(word);
        String key = word + "\n" + source;
        Map<String, byte[]> classes = COMPILED.get(key);
        if (classes == null) {
            Map<String, byte[]> plain = compile(word, source);
            refuseHostCalls(word, plain);
            classes = metered(plain);
            COMPILED.put(key, classes);
        }
        return classes;
    }

    private static void refuseHostCalls(String word, Map<String, byte[]> classes) {
        classes.values().stream()
                .flatMap(code -> HostCalls.in(code).stream())
                .findFirst()
                .ifPresent(wrong -> {
                    throw new ScenarioException("%s:%s".formatted(word, wrong));
                });
    }

    private static Map<String, byte[]> metered(Map<String, byte[]> plain) {
        ClassHierarchyResolver resolver =
                ClassHierarchyResolver.ofResourceParsing(
                                type -> {
                                    String name = type.packageName() + "." + type.displayName();
                                    byte[] code =
                                            plain.get(
                                                    type.packageName().isEmpty()
                                                            ? type.displayName()
                                                            : name);
                                    return code == null ? null : new ByteArrayInputStream(code);
                                })
                        .orElse(
                                ClassHierarchyResolver.ofResourceParsing(
                                        Policy.class.getClassLoader()))
                        .orElse(ClassHierarchyResolver.defaultResolver());
        Map<String, byte[]> metered = new TreeMap<>();
        plain.forEach((name, code) ->
                metered.put(
                        name,
                        name.equals(LoopMeter.CLASS) ? code : LoopMeter.metered(code, resolver)));
        return metered;
    }

    private static String source(String word) {
        try {
            return Texts.read(Path.of(word), "a policy's source");
        } catch (RuntimeException e) {
            throw new ScenarioException("policy " + e.getMessage());
        }
    }

    private static Map<String, byte[]> compile(String word, String source) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler == null) {
            throw fault(
                    word,
                    "this Java has no compiler (it is a JRE): run iowait with a JDK, or compile the class, put it on"
                            + " the class path and give its name");
        }
        DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
        StandardJavaFileManager files =
                compiler.getStandardFileManager(problems, Locale.ROOT, null);
        Memory memory = new Memory(files);
        List<String> options =
                List.of("-proc:none", "-Xlint:none", "-g", "-classpath", classPath());
        boolean ok =
                compiler.getTask(
                                null,
                                memory,
                                problems,
                                options,
                                null,
                                List.of(
                                        new Source(word, source),
                                        new Source(
                                                LoopMeter.CLASS.replace('.', '/') + JAVA,
                                                LoopMeter.SOURCE)))
                        .call();
        if (!ok) {
            throw new ScenarioException(problems(word, problems.getDiagnostics()));
        }
        Map<String, byte[]> classes = new TreeMap<>();
        memory.classes.forEach((name, bytes) -> classes.put(name, bytes.toByteArray()));
        return classes;
    }

    /// Where a policy finds what it is written against.
    private static String classPath() {
        StringBuilder path = new StringBuilder(System.getProperty("java.class.path", ""));
        CodeSource ours = Policy.class.getProtectionDomain().getCodeSource();
        if (ours != null) {
            path.append(java.io.File.pathSeparator)
                    .append(Path.of(URI.create(ours.getLocation().toString())));
        }
        return path.toString();
    }

    private static String problems(
            String word, List<Diagnostic<? extends JavaFileObject>> diagnostics) {
        StringBuilder text = new StringBuilder();
        int errors = 0;
        for (Diagnostic<? extends JavaFileObject> problem : diagnostics) {
            if (problem.getKind() == Diagnostic.Kind.ERROR) {
                String what =
                        problem.getMessage(Locale.ROOT).strip().replaceAll("\\s*\\n\\s*", "; ");
                text.append(errors++ == 0 ? "" : "\n")
                        .append(
                                "%s:%d: %s"
                                        .formatted(
                                                word, Math.max(1, problem.getLineNumber()), what));
            }
        }
        return text.toString();
    }

    private static Class<?> policyIn(String word, Loader loader) {
        String wanted = String.valueOf(Path.of(word).getFileName());
        String simple = wanted.substring(0, wanted.length() - JAVA.length());
        Class<?> found = null;
        for (String name : loader.classes.keySet()) {
            Class<?> type = loader.type(name);
            boolean isPolicy =
                    Policy.class.isAssignableFrom(type)
                            && !Modifier.isAbstract(type.getModifiers());
            if (isPolicy && (found == null || type.getSimpleName().equals(simple))) {
                found = type;
            }
        }
        if (found == null) {
            throw fault(word, "found no class that implements " + Policy.class.getName());
        }
        return found;
    }

    private static ScenarioException fault(String word, String reason) {
        return new ScenarioException("policy %s: %s".formatted(word, reason));
    }

    /// A source text as the compiler wants it, under the name of its file.
    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String word, String text) {
            super(Path.of(word).toUri(), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }

        /// A public class may stand in a file of another name.
        @Override
        public boolean isNameCompatible(String simpleName, Kind kind) {
            return kind == Kind.SOURCE;
        }
    }

    /// Keeps what the compiler writes.
    private static final class Memory extends ForwardingJavaFileManager<JavaFileManager> {
        private final Map<String, ByteArrayOutputStream> classes = new TreeMap<>();

        Memory(JavaFileManager files) {
            super(files);
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                Location location,
                String className,
                JavaFileObject.Kind kind,
                @Nullable FileObject sibling) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            classes.put(className, bytes);
            URI uri = URI.create("memory:///" + className.replace('.', '/') + kind.extension);
            return new SimpleJavaFileObject(uri, kind) {
                @Override
                public OutputStream openOutputStream() {
                    return bytes;
                }
            };
        }
    }

    private static final class Loader extends ClassLoader {
        private final Map<String, byte[]> classes;

        Loader(Map<String, byte[]> classes) {
            super(Policy.class.getClassLoader());
            this.classes = classes;
        }

        Class<?> type(String name) {
            try {
                return loadClass(name);
            } catch (ClassNotFoundException e) {
                throw new IllegalStateException("compiled and not found: class=" + name, e);
            }
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            byte[] code = classes.get(name);
            if (code == null) {
                throw new ClassNotFoundException(name);
            }
            return defineClass(name, code, 0, code.length);
        }
    }
}
