package io.iowait.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/// The example project compiles against iowait and its tests pass; `make verify` builds it by Maven
/// against the installed jar.
class ExampleProjectTest {
    private static final Path PROJECT = Path.of("docs/examples/policy-tests");

    @TempDir Path classes;

    @Test
    void compilesAndPasses() throws Exception {
        compile();
        URL[] path = {classes.toUri().toURL()};
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (URLClassLoader loader = new URLClassLoader(path, getClass().getClassLoader())) {
            thread.setContextClassLoader(loader);
            Class<?> contract = loader.loadClass("example.TakeTurnsContractTest");
            // that the battery is found and runs is what is asked here; all of it runs at full size
            SummaryGeneratingListener ran =
                    run(
                            selectClass(loader.loadClass("example.TakeTurnsTest")),
                            Boolean.getBoolean("iowait.full")
                                    ? selectClass(contract)
                                    : selectMethod(contract, "itHasANameAndSaysHowSlicesEnd"));
            assertThat(ran.getSummary().getFailures())
                    .as("failures")
                    .allSatisfy(failure -> {
                        throw new AssertionError(failure.getException());
                    });
            assertThat(ran.getSummary().getTestsSucceededCount()).isGreaterThan(1);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private void compile() throws IOException {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "-proc:none",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "-d",
                                classes.toString()));
        try (Stream<Path> files = Files.walk(PROJECT.resolve("src"))) {
            files.filter(file -> file.toString().endsWith(".java"))
                    .forEach(file -> arguments.add(file.toString()));
        }
        int status =
                ToolProvider.getSystemJavaCompiler()
                        .run(null, null, null, arguments.toArray(String[]::new));
        assertThat(status).isZero();
    }

    private static SummaryGeneratingListener run(DiscoverySelector... selectors) {
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherFactory.create()
                .execute(
                        LauncherDiscoveryRequestBuilder.request().selectors(selectors).build(),
                        listener);
        return listener;
    }

    /// The versions that the example names are those that iowait is tested with.
    @Test
    void itsPomNamesOurVersions() throws Exception {
        String ours = Files.readString(Path.of("pom.xml"));
        var builder = DocumentBuilderFactory.newInstance().newDocumentBuilder();
        var pom = builder.parse(PROJECT.resolve("pom.xml").toFile());
        var dependencies = pom.getElementsByTagName("dependency");
        assertThat(dependencies.getLength()).isEqualTo(4);
        for (int i = 0; i < dependencies.getLength(); i++) {
            var dependency = (org.w3c.dom.Element) dependencies.item(i);
            String version =
                    dependency.getElementsByTagName("version").item(0).getTextContent().strip();
            assertThat(ours).contains(">" + version + "<");
        }
    }
}
