package io.iowait.scenario;

import io.iowait.program.Dsl;
import io.iowait.program.Expr;
import io.iowait.scenario.YamlDoc.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;

/// What a scenario file declares for its own program: parameters, variables, functions, and objects
/// such as locks and devices. Each name means one thing.
final class Declarations {
    static final String LOCK = "lock";
    static final String SEMAPHORE = "semaphore";
    static final String BARRIER = "barrier";
    static final String CONDITION = "condition";
    static final String QUEUE = "queue";
    static final String POOL = "pool";
    static final String PIPE = "pipe";
    static final String DEVICE = "device";
    static final String EPOLL = "epoll";

    /// Sections whose entries are a name and a number.
    private static final List<String> COUNTED = List.of(SEMAPHORE, BARRIER, QUEUE, POOL);

    private static final List<String> DEVICE_KEYS =
            List.of("time", "spread", "channels", "sleep", "max", "poll");
    private static final int COUNT_MAX = 1_000_000;

    /// A lock, semaphore, barrier, condition, queue, pool, pipe, epoll instance or device.
    ///
    /// @param number initial value, members, room or workers
    /// @param timeNs what a device takes; `spread` around it
    /// @param pollNs how long who reads from it looks for the answer before it sleeps
    record Thing(
            String kind,
            int number,
            long timeNs,
            long maxNs,
            String spread,
            boolean isDisk,
            long pollNs) {
        Thing(String kind, int number) {
            this(kind, number, 0, 0, "", false, 0);
        }
    }

    private final YamlDoc doc;
    private final List<Key> params = new ArrayList<>();
    private final Map<String, Thing> things = new LinkedHashMap<>();
    private final Map<String, Expr> variables = new LinkedHashMap<>();
    private final Map<String, List<String>> functions = new LinkedHashMap<>();
    private Map<String, Expr> paramValues = new LinkedHashMap<>();

    Declarations(YamlDoc doc) {
        this.doc = doc;
    }

    /// The section of a file that declares such things.
    static String section(String kind) {
        return kind + "s";
    }

    static List<String> sections() {
        return List.of(
                "locks",
                "semaphores",
                "barriers",
                "conditions",
                "queues",
                "pools",
                "pipes",
                "epolls",
                "devices");
    }

    void read(Map<String, Field> top) {
        readNames(top.get(section(LOCK)), LOCK);
        readNames(top.get(section(PIPE)), PIPE);
        readNames(top.get(section(EPOLL)), EPOLL);
        readNames(top.get(section(CONDITION)), CONDITION);
        COUNTED.forEach(kind -> readCounted(top.get(section(kind)), kind));
        Field devices = top.get(section(DEVICE));
        if (devices != null) {
            doc.fields(devices.value(), "devices").values().forEach(this::readDevice);
        }
    }

    private void readNames(@Nullable Field field, String kind) {
        if (field != null) {
            for (Node item : doc.items(field.value(), field.name())) {
                doc.text(item, field.name()).ifPresent(name -> add(item, name, new Thing(kind, 0)));
            }
        }
    }

    private void readCounted(@Nullable Field section, String kind) {
        if (section == null) {
            return;
        }
        int least = kind.equals(BARRIER) || kind.equals(POOL) ? 1 : 0;
        for (Field field : doc.fields(section.value(), section.name()).values()) {
            long number = count(field, least, COUNT_MAX, 1);
            add(field.key(), field.name(), new Thing(kind, (int) number));
        }
    }

    private void readDevice(Field device) {
        String what = "device " + device.name();
        Map<String, Field> fields = doc.fields(device.value(), what, DEVICE_KEYS);
        if (!fields.containsKey("time")) {
            doc.problem(device.key(), what + ": found no 'time', expected one");
        }
        long timeNs = timeNs(fields.get("time"), 0);
        String spread = word(fields.get("spread"), List.of("constant", "exponential", "uniform"));
        if (spread.equals("exponential") && timeNs == 0) {
            spread = "constant";
        }
        long maxNs = timeNs(fields.get("max"), timeNs);
        if (spread.equals("uniform") == !fields.containsKey("max")) {
            doc.problem(
                    device.key(),
                    what + ": found 'max' or 'spread: uniform' alone, expected both or neither");
        } else if (maxNs < timeNs) {
            doc.problem(device.key(), what + ": found 'max' below 'time', expected more");
        }
        add(
                device.key(),
                device.name(),
                new Thing(
                        DEVICE,
                        (int) count(fields.get("channels"), 0, COUNT_MAX, 0),
                        timeNs,
                        maxNs,
                        spread,
                        word(fields.get("sleep"), List.of("D", "S")).equals("D"),
                        timeNs(fields.get("poll"), 0)));
    }

    private void add(Node at, String name, Thing thing) {
        if (isNewName(at, name)) {
            things.put(name, thing);
        }
    }

    private boolean isNewName(Node at, String name) {
        if (!ExprText.isName(name)) {
            doc.problem(at, "found '%s', expected a name of letters, digits and _".formatted(name));
            return false;
        }
        if (isConstant(name) || variables.containsKey(name)) {
            doc.problem(at, name + ": found declared twice, expected once");
            return false;
        }
        return true;
    }

    /// Parameters are keys of the scenario: they can be changed where it is run.
    void readParams(@Nullable Field section) {
        if (section != null) {
            for (Field field : doc.fields(section.value(), "params").values()) {
                if (isNewName(field.key(), field.name())) {
                    param(field).ifPresent(params::add);
                }
            }
        }
    }

    private Optional<Key> param(Field field) {
        Optional<String> text = doc.text(field.value(), field.name());
        if (text.isEmpty()) {
            return Optional.empty();
        }
        String value = text.get();
        try {
            if (List.of("true", "false").contains(value)) {
                return Optional.of(Key.flag(field.name(), value.equals("true"), "of this program"));
            }
            Domain domain =
                    value.matches("[\\d_]+")
                            ? new Domain.Count(0, Long.MAX_VALUE)
                            : new Domain.Time(0);
            return Optional.of(new Key(field.name(), domain, value, "of this program"));
        } catch (ScenarioException e) {
            doc.problem(field.value(), e);
            return Optional.empty();
        }
    }

    void readVariables(@Nullable Field section) {
        if (section != null) {
            for (Field field : doc.fields(section.value(), "variables").values()) {
                if (isNewName(field.key(), field.name())) {
                    variables.put(field.name(), initial(field));
                }
            }
        }
    }

    private Expr initial(Field field) {
        String text = doc.text(field.value(), field.name()).orElse("0");
        if (!YamlDoc.isPlain(field.value())) {
            return Dsl.text(text);
        }
        try {
            return ExprText.read(
                    field.name(),
                    text,
                    name ->
                            value(name)
                                    .orElseThrow(() ->
                                            ScenarioException.unknown("name", name, values())));
        } catch (ScenarioException e) {
            doc.problem(field.value(), e);
            return Dsl.num(0);
        }
    }

    void declareFunction(Field function) {
        List<String> names = new ArrayList<>();
        if (!ExprText.isName(function.name())) {
            doc.problem(
                    function.key(),
                    "found '%s', expected a name of letters, digits and _"
                            .formatted(function.name()));
        }
        if (function.value() instanceof MappingNode mapping) {
            Field listed =
                    doc.fields(mapping, "function " + function.name(), List.of("params", "steps"))
                            .get("params");
            if (listed != null) {
                for (Node param : doc.items(listed.value(), "params")) {
                    doc.text(param, "params").ifPresent(name -> addParam(param, name, names));
                }
            }
        }
        functions.put(function.name(), names);
    }

    private void addParam(Node at, String name, List<String> names) {
        if (!ExprText.isName(name) || names.contains(name) || isConstant(name)) {
            doc.problem(at, "params: found '%s', expected a new name".formatted(name));
        }
        names.add(name);
    }

    /// Fixes what the parameters are.
    void setParams(Settings settings) {
        paramValues = new LinkedHashMap<>();
        for (Key key : params) {
            String value = settings.word(key.name());
            paramValues.put(
                    key.name(),
                    switch (key.domain()) {
                        case Domain.Time _ -> Dsl.num(settings.timeNs(key.name()));
                        case Domain.Word _ -> Dsl.bool(value.equals("true"));
                        default -> Dsl.num(settings.count(key.name()));
                    });
        }
    }

    // ---------------------------------------------------------------- what is known

    List<Key> params() {
        return params;
    }

    Map<String, Expr> paramValues() {
        return paramValues;
    }

    Map<String, Thing> things() {
        return things;
    }

    Map<String, Expr> variables() {
        return variables;
    }

    /// Parameters of each function.
    Map<String, List<String>> functions() {
        return functions;
    }

    boolean isA(String name, String kind) {
        Thing thing = things.get(name);
        return thing != null && thing.kind.equals(kind);
    }

    /// Names of all things of these kinds.
    List<String> of(String... kinds) {
        return things.entrySet().stream()
                .filter(e -> Arrays.asList(kinds).contains(e.getValue().kind))
                .map(Map.Entry::getKey)
                .toList();
    }

    /// Whether the name is one that no step may give a value.
    boolean isConstant(String name) {
        return things.containsKey(name) || params.stream().anyMatch(p -> p.name().equals(name));
    }

    /// The value that a name has in expressions.
    Optional<Expr> value(String name) {
        Expr param = paramValues.get(name);
        if (param != null) {
            return Optional.of(param);
        }
        return variables.containsKey(name) ? Optional.of(Dsl.var(name)) : Optional.empty();
    }

    /// Names that have a value.
    List<String> values() {
        List<String> names = new ArrayList<>(params.stream().map(Key::name).toList());
        names.addAll(variables.keySet());
        return names.isEmpty() ? List.of("now") : names;
    }

    // ---------------------------------------------------------------- numbers outside of steps

    /// A whole number, or the name of a parameter that is one.
    long count(@Nullable Field field, long min, long max, long standard) {
        if (field == null) {
            return standard;
        }
        return checked(field, new Domain.Count(min, max))
                .map(text -> Units.count(field.name(), text))
                .orElse(standard);
    }

    /// A time, or the name of a parameter that is one.
    long timeNs(@Nullable Field field, long standard) {
        if (field == null) {
            return standard;
        }
        return checked(field, new Domain.Time(0))
                .map(text -> Units.timeNs(field.name(), text))
                .orElse(standard);
    }

    private Optional<String> checked(Field field, Domain domain) {
        Optional<String> text = doc.text(field.value(), field.name());
        if (text.isEmpty()) {
            return text;
        }
        Expr param = paramValues.get(text.get());
        try {
            String value = text.get();
            if (param instanceof Expr.Num number) {
                value = Long.toString(number.value()) + (domain instanceof Domain.Time ? "ns" : "");
            }
            return Optional.of(domain.canonical(field.name(), value));
        } catch (ScenarioException e) {
            doc.problem(field.value(), e);
            return Optional.empty();
        }
    }

    /// One of some words; the first is the standard.
    String word(@Nullable Field field, List<String> words) {
        if (field == null) {
            return words.getFirst();
        }
        String text = doc.text(field.value(), field.name()).orElse(words.getFirst());
        if (!words.contains(text)) {
            doc.unknown(field.value(), field.name(), text, words);
            return words.getFirst();
        }
        return text;
    }
}
