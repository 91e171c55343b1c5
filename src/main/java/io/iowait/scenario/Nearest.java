package io.iowait.scenario;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Finds the word that somebody probably meant.
public final class Nearest {
    private Nearest() {}

    /// The known word with the smallest distance, of equals one with the same first letter, else
    /// the first; empty when all are far off (more than a third of the longer word, and more than
    /// two letters).
    public static Optional<String> of(String word, List<String> known) {
        String best = "";
        int bestDistance = Integer.MAX_VALUE;
        boolean bestBegins = false;
        String sought = word.toLowerCase(Locale.ROOT);
        for (String candidate : known) {
            String other = candidate.toLowerCase(Locale.ROOT);
            int distance = distance(sought, other);
            boolean begins = !other.isEmpty() && sought.startsWith(other.substring(0, 1));
            if (distance < bestDistance || distance == bestDistance && begins && !bestBegins) {
                bestDistance = distance;
                bestBegins = begins;
                best = candidate;
            }
        }
        int longer = Math.max(word.length(), best.length());
        boolean isNear = bestDistance <= Math.max(2, longer / 3) && bestDistance < longer;
        return isNear ? Optional.of(best) : Optional.empty();
    }

    /// Letters to insert, delete, replace, or swap with their neighbour.
    ///
    /// Source: optimal string alignment, the restricted form of Damerau-Levenshtein.
    static int distance(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                d[i][j] = i == 0 || j == 0 ? i + j : cell(d, a, b, i, j);
            }
        }
        return d[a.length()][b.length()];
    }

    private static int cell(int[][] d, String a, String b, int i, int j) {
        int replaced = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        int least = Math.min(replaced, 1 + Math.min(d[i - 1][j], d[i][j - 1]));
        boolean swapped =
                i > 1
                        && j > 1
                        && a.charAt(i - 1) == b.charAt(j - 2)
                        && a.charAt(i - 2) == b.charAt(j - 1);
        return swapped ? Math.min(least, d[i - 2][j - 2] + 1) : least;
    }
}
