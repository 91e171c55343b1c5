package io.iowait;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.syntax.elements.GivenClassesConjunction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Holds `rooms.txt` against the code: the arrows between rooms, and what each room may bring in
/// from outside.
class ArchitectureTest {
    private static final Rooms ROOMS = Rooms.read();
    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages(Rooms.ROOT);
    private static final String FOREIGN_TO_THE_EMULATED_WORLD =
            "java\\.time\\.(Clock|Instant|ZonedDateTime|LocalDate|LocalDateTime|LocalTime)"
                    + "|java\\.lang\\.(Thread|ThreadLocal)(\\$.*)?"
                    + "|java\\.util\\.(Random|SplittableRandom|Timer|Date|UUID)"
                    + "|java\\.util\\.(Hash|IdentityHash|WeakHash)(Map|Set)"
                    + "|java\\.util\\.concurrent\\.(?!TimeUnit).*"
                    + "|java\\.util\\.random\\..*"
                    + "|java\\.security\\.SecureRandom";

    @Test
    void everyArrowIsListed() {
        List<String> unlisted = new ArrayList<>();
        for (JavaClass origin : CLASSES) {
            for (Dependency dependency : origin.getDirectDependenciesFromSelf()) {
                Optional<String> from = roomOf(origin);
                Optional<String> to = roomOf(dependency.getTargetClass());
                if (from.isPresent()
                        && to.isPresent()
                        && !from.equals(to)
                        && !usesOf(from.get()).contains(to.get())) {
                    unlisted.add(
                            from.get() + " -> " + to.get() + ": " + dependency.getDescription());
                }
            }
        }
        assertThat(unlisted).as("arrows that rooms.txt does not list").isEmpty();
    }

    @Test
    void theListedArrowsMakeNoCycle() {
        Map<String, Set<String>> open = new TreeMap<>();
        ROOMS.allowed().forEach((room, uses) -> open.put(room, new TreeSet<>(uses)));
        boolean removed = true;
        while (removed) {
            List<String> leaves =
                    open.keySet().stream()
                            .filter(room -> open.get(room).stream().noneMatch(open::containsKey))
                            .toList();
            leaves.forEach(open::remove);
            removed = !leaves.isEmpty();
        }
        assertThat(open).as("rooms on or above a cycle").isEmpty();
    }

    @Test
    void everyListedRoomHasClasses() {
        Set<String> inhabited = new TreeSet<>();
        CLASSES.stream()
                .filter(type -> !type.getSimpleName().equals("package-info"))
                .forEach(type -> roomOf(type).ifPresent(inhabited::add));
        assertThat(inhabited).isEqualTo(ROOMS.allowed().keySet()).isNotEmpty();
    }

    @Test
    void everyClassLivesInAListedRoom() {
        List<String> homeless =
                CLASSES.stream()
                        .filter(type -> roomOf(type).isEmpty())
                        .map(JavaClass::getName)
                        .toList();
        assertThat(homeless).isEmpty();
    }

    @ParameterizedTest(name = "{0} only in {1}")
    @CsvSource({
        "chronicle, trace, net.openhft..",
        "jqwik, testkit, net.jqwik.. org.junit..",
        "picocli, cli, picocli..",
        "HdrHistogram, measure, org.HdrHistogram..",
        "JSON, scenario calibrate report cli, tools.jackson.. com.fasterxml.jackson..",
        "YAML, scenario calibrate report, org.snakeyaml..",
        "progress bar, cli experiment, me.tongfei.progressbar..",
        "logging, scenario replay calibrate testkit experiment report cli trace machine, org.slf4j.."
    })
    void aThirdPartyIsConfined(String what, String rooms, String packages) {
        Set<String> homes = Set.copyOf(Arrays.asList(rooms.split(" ")));
        noClasses()
                .that(notIn(homes))
                .should()
                .dependOnClassesThat(resideInAnyPackage(packages.split(" ")))
                .because(what + " is confined to " + rooms)
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @Test
    void onlyListedThirdPartiesAreUsed() {
        noClasses()
                .should()
                .dependOnClassesThat(
                        DescribedPredicate.not(
                                resideInAnyPackage(
                                        "java..",
                                        "jdk..",
                                        "javax.tools..",
                                        "com.sun.net.httpserver..",
                                        "com.sun.management..",
                                        "org.jspecify..",
                                        "io.iowait..",
                                        "net.openhft..",
                                        "net.jqwik..",
                                        "picocli..",
                                        "org.HdrHistogram..",
                                        "tools.jackson..",
                                        "com.fasterxml.jackson..",
                                        "org.snakeyaml..",
                                        "me.tongfei.progressbar..",
                                        "org.slf4j..")))
                .because(
                        "a new library is a decision: confine it here and say why in docs/decisions.md")
                .check(CLASSES);
    }

    @Test
    void onlyCliAndReportPrint() {
        noClasses()
                .that(notIn(Set.of("cli", "report")))
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @Test
    void onlyCliEndsTheProcess() {
        noClasses()
                .that(notIn(Set.of("cli")))
                .should()
                .callMethod(System.class, "exit", int.class)
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @Test
    void theEmulatedWorldHasNoOtherTimeChanceOrThread() {
        emulatedWorld()
                .should()
                .dependOnClassesThat(nameMatching(FOREIGN_TO_THE_EMULATED_WORLD))
                .check(CLASSES);
    }

    @Test
    void theEmulatedWorldCallsNothingThatDiffersBetweenRuns() {
        emulatedWorld()
                .should()
                .callMethodWhere(
                        calls(
                                System.class,
                                "nanoTime|currentTimeMillis|identityHashCode|getenv|getProperty"))
                .orShould()
                .callMethodWhere(calls(Object.class, "hashCode"))
                .because("the same seed gives the same run")
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    /// The immutable collections of the JDK are iterated in an order that is salted anew in every
    /// JVM.
    @Test
    void theEmulatedWorldMakesNoCollectionOfUnknownOrder() {
        emulatedWorld()
                .should()
                .callMethodWhere(calls(Map.class, "of|ofEntries|copyOf"))
                .orShould()
                .callMethodWhere(calls(Set.class, "of|copyOf"))
                .orShould()
                .callMethodWhere(calls(Collectors.class, "to(Unmodifiable)?(Set|Map)|groupingBy"))
                .because(
                        "its order differs from run to run; use an array, a list, a TreeMap or a"
                                + " LinkedHashMap")
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @Test
    void theEmulatedWorldCalculatesAlikeOnEveryHost() {
        emulatedWorld()
                .should()
                .callMethodWhere(
                        calls(
                                Math.class,
                                "random|log|log10|log1p|exp|expm1|pow|sin|cos|tan|asin|acos|atan"
                                        + "|atan2|sinh|cosh|tanh|cbrt|hypot"))
                .because("StrictMath gives the same bits on every host")
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    /// A rule that nothing breaks may be blind: these are tried on a class that breaks them.
    @Test
    void theRulesSeeWhatTheyForbid() {
        JavaClasses offenders = new ClassFileImporter().importClasses(Offender.class);
        assertThat(
                        noClasses()
                                .should()
                                .callMethodWhere(calls(System.class, "nanoTime"))
                                .evaluate(offenders)
                                .hasViolation())
                .isTrue();
        assertThat(
                        noClasses()
                                .should()
                                .dependOnClassesThat(nameMatching(FOREIGN_TO_THE_EMULATED_WORLD))
                                .evaluate(offenders)
                                .getFailureReport()
                                .getDetails())
                .anyMatch(detail -> detail.contains("java.util.Random"))
                .anyMatch(detail -> detail.contains("java.util.HashMap"))
                .anyMatch(detail -> detail.contains("java.lang.Thread"));
    }

    static final class Offender {
        long time() {
            return System.nanoTime()
                    + new java.util.Random(1).nextLong()
                    + new java.util.HashMap<String, String>().size()
                    + Thread.currentThread().threadId();
        }
    }

    private static GivenClassesConjunction emulatedWorld() {
        return noClasses().that(in(Rooms.EMULATED_WORLD));
    }

    private static DescribedPredicate<JavaClass> in(Set<String> rooms) {
        return DescribedPredicate.describe(
                "live in " + rooms, type -> roomOf(type).filter(rooms::contains).isPresent());
    }

    private static DescribedPredicate<JavaClass> notIn(Set<String> rooms) {
        return DescribedPredicate.not(in(rooms));
    }

    private static DescribedPredicate<JavaCall<?>> calls(Class<?> owner, String methods) {
        return DescribedPredicate.describe(
                owner.getSimpleName() + "." + methods,
                call ->
                        call.getTargetOwner().isEquivalentTo(owner)
                                && call.getName().matches(methods));
    }

    private static Optional<String> roomOf(JavaClass type) {
        return ROOMS.roomOf(type.getPackageName());
    }

    private static Set<String> usesOf(String room) {
        return ROOMS.allowed().getOrDefault(room, Set.of());
    }
}
