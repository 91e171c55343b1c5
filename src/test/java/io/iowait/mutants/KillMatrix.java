package io.iowait.mutants;

import io.iowait.invariant.LawBook;
import io.iowait.invariant.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/// Which mutant breaks which laws, as a table for the docs: `make mutants` writes it.
public final class KillMatrix {
    static final Path FILE = Path.of("docs", "reference", "kill-matrix.md");

    private static final String HEAD =
            """
            # Kill matrix

            What was broken on purpose, and the laws that notice it. A law counts only when a mutant breaks it.
            `make mutants` runs all of them and writes this page; a test holds it to the truth. The named law is the
            one made for it, the others notice what follows. `kernel`: the kernel refuses it before any law is asked.
            Law [G14](invariants/G14.md) needs two runs and is left out.

            | part | broken | law | also |
            |---|---|---|---|
            """;

    private KillMatrix() {}

    /// Runs all mutants and writes the page, or prints it with `-`.
    public static void main(String[] args) throws IOException {
        String page = page();
        if (args.length > 0 && args[0].equals("-")) {
            System.out.print(page);
        } else {
            Files.writeString(FILE, page);
            System.out.println(FILE + " written");
        }
    }

    /// The page, from runs of all mutants.
    static String page() {
        StringBuilder page = new StringBuilder(HEAD);
        TreeSet<String> asleep = new TreeSet<>(laws());
        for (Mutant mutant : Mutants.all()) {
            List<String> caughtBy = mutant.caughtBy();
            caughtBy.forEach(asleep::remove);
            List<String> others = new ArrayList<>(caughtBy);
            boolean named = others.remove(mutant.law());
            page.append(
                    "| %s | %s | %s | %s |%n"
                            .formatted(
                                    mutant.part(),
                                    mutant.name(),
                                    named ? mutant.law() : "nobody",
                                    String.join(" ", others)));
        }
        page.append(
                "\nLaws without a mutant: %s.%n"
                        .formatted(asleep.isEmpty() ? "none" : String.join(" ", asleep)));
        return page.toString();
    }

    /// The ids of the laws that one run can break.
    private static List<String> laws() {
        return new LawBook()
                .report().verdicts().stream()
                        .map(Verdict::id)
                        .filter(id -> !id.equals("G14"))
                        .toList();
    }
}
