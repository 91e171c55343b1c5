package io.iowait.scenario;

import io.iowait.kernel.Defect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// The scenarios that iowait knows by name, and the kinds of which they are.
///
/// A *kind* has keys and reads a text; a *built-in* is a name for a kind with some values filled
/// in.
public final class Scenarios {
    /// A scenario with a name.
    ///
    /// @param group of those that belong together
    /// @param about one line
    public record Builtin(String name, String group, String kind, String preset, String about) {}

    private static final String GROUP = "scenarios";

    private static final List<Form> FORMS =
            List.of(
                    new RequestsForm(),
                    new SleepersForm(),
                    new JobsForm(),
                    new Small.Levels(),
                    new Small.Sleeps(),
                    new Small.Deadlock(),
                    new Small.Spin());

    private static final List<Builtin> OWN =
            List.of(
                    new Builtin(
                            "flagship",
                            GROUP,
                            RequestsForm.KIND,
                            "",
                            "request handling by threads that block, or by an event loop"),
                    new Builtin(
                            "serve-io",
                            GROUP,
                            RequestsForm.KIND,
                            "cpu=20us wait=10ms cpu2=10us think=20ms clients=300 cores=2",
                            "a service that waits: compare as=threads,pool,asyncio,asyncio-executor,node,loop-per-core"),
                    new Builtin(
                            "serve-cpu",
                            GROUP,
                            RequestsForm.KIND,
                            "cpu=2ms wait=500us cpu2=100us think=20ms clients=40 cores=2",
                            "a service that computes: the same ways, another answer"),
                    new Builtin(
                            "serve-mixed",
                            GROUP,
                            RequestsForm.KIND,
                            "cpu=300us wait=3ms cpu2=100us think=20ms clients=120 cores=2",
                            "a service that does both"),
                    new Builtin(
                            "round-robin",
                            GROUP,
                            "jobs",
                            "",
                            "three CPU-bound jobs take turns, as in the textbook"),
                    new Builtin(
                            "priorities",
                            GROUP,
                            "levels",
                            "",
                            "two periodic real-time threads over a hog"),
                    new Builtin(
                            "two-sleeps",
                            GROUP,
                            "sleeps",
                            "",
                            "two threads sleep at once: the longer sleep is all it takes"),
                    new Builtin(
                            "sleepers",
                            GROUP,
                            "sleepers",
                            "",
                            "many threads compute and sleep; try threads=1000000"),
                    new Builtin(
                            "deadlock",
                            GROUP,
                            "deadlock",
                            "",
                            "two threads lock A and B in opposite order; the cycle is named"),
                    new Builtin(
                            "spin",
                            GROUP,
                            "spin",
                            "",
                            "a program that never lets time pass; a budget stops it"));

    private static final List<Builtin> BUILTINS =
            Stream.concat(OWN.stream(), Classics.ALL.stream()).toList();

    private Scenarios() {}

    /// All built-ins, in the order in which to show them.
    public static List<Builtin> builtins() {
        return BUILTINS;
    }

    /// A built-in as it is.
    ///
    /// @throws ScenarioException if there is none of that name
    public static Scenario builtin(String name) {
        return builtin(name, List.of());
    }

    /// A built-in with some values changed by words `key=value`.
    ///
    /// @throws ScenarioException for an unknown name or key, or a bad value
    public static Scenario builtin(String name, List<String> words) {
        Builtin builtin = find(name);
        if (builtin.kind().equals(ScenarioFile.KIND)) {
            return Classics.read(name, words);
        }
        Form form = form(builtin.kind());
        return form.scenario(Settings.standard(form.keys()).with(builtin.preset()).with(words));
    }

    /// A recorded kernel workload, from its file or folder, on the recorded machine under Linux's
    /// own classes if the words do not say otherwise.
    ///
    /// @throws ScenarioException if it is none, or for an unknown key or a bad value
    public static Scenario workload(Path path, List<String> words) {
        return KernelWorkload.read(path, 1, "linux-6.18-vm")
                .under(KernelWorkload.LINUX)
                .with(words);
    }

    /// Whether a file or folder is a recorded kernel workload.
    public static boolean isWorkload(Path path) {
        return Files.exists(path.resolve(KernelWorkload.FILE)) || path.toString().endsWith(".json");
    }

    /// The name of the built-in of that kind.
    static String nameOf(String kind) {
        return OWN.stream()
                .filter(builtin -> builtin.kind().equals(kind))
                .map(Builtin::name)
                .findFirst()
                .orElse(kind);
    }

    /// The keys of a built-in, with its own values as the standard ones.
    public static List<Key> keys(String name) {
        Builtin builtin = find(name);
        if (builtin.kind().equals(ScenarioFile.KIND)) {
            return Classics.read(name, List.of()).keys();
        }
        Form form = form(builtin.kind());
        Settings preset = Settings.standard(form.keys()).with(builtin.preset());
        return form.keys().stream().map(key -> key.withStandard(preset.word(key.name()))).toList();
    }

    /// Reads what [Scenario#text] wrote.
    ///
    /// @throws ScenarioException if this version knows no such kind, or the text does not fit it
    public static Scenario parse(String kind, String text) {
        if (kind.equals(KernelWorkload.KIND)) {
            return KernelWorkload.parse(text);
        }
        if (kind.equals(LoopCase.KIND)) {
            return LoopCase.parse(text);
        }
        if (kind.equals(TextbookCase.KIND)) {
            return TextbookCase.parse(text);
        }
        if (kind.equals(QueueCase.KIND)) {
            return QueueCase.parse(text);
        }
        if (kind.equals(ScenarioFile.KIND)) {
            return ScenarioFile.parse(text);
        }
        Form form = form(kind);
        return form.scenario(Settings.standard(form.keys()).with(text));
    }

    /// The policies that every built-in can be given, by the key `policy`.
    public static List<String> policies() {
        return MachineKeys.policies();
    }

    /// The defects that every built-in can be given, by the key `defects`.
    public static List<String> defects() {
        return MachineKeys.defects();
    }

    /// Defects by their names.
    ///
    /// @throws ScenarioException if a name is unknown
    public static Set<Defect> defects(List<String> names) {
        return MachineKeys.defects(names);
    }

    private static Builtin find(String name) {
        for (Builtin builtin : BUILTINS) {
            if (builtin.name().equals(name)) {
                return builtin;
            }
        }
        List<String> names = BUILTINS.stream().map(Builtin::name).toList();
        throw ScenarioException.unknown("scenario", name, names);
    }

    private static Form form(String kind) {
        return formOf(kind)
                .orElseThrow(() -> ScenarioException.unknown("kind of scenario", kind, kinds()));
    }

    static Optional<Form> formOf(String kind) {
        return FORMS.stream().filter(form -> form.kind().equals(kind)).findFirst();
    }

    static List<String> kinds() {
        return FORMS.stream().map(Form::kind).toList();
    }
}
