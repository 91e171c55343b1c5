package io.iowait.report;

/// What the pictures have in common: documents of their own, readable on light and dark.
final class Svg {
    static final String TAIL = "</svg>\n";

    /// Turns the hue so far that neighbouring numbers look different.
    private static final double GOLDEN_ANGLE = 137.508;

    private Svg() {}

    static String head(int width, int height) {
        return """
        <svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" font-family="sans-serif" font-size="11">
        <style>text{fill:#555}rect{shape-rendering:crispEdges}@media(prefers-color-scheme:dark){text{fill:#bbb}}</style>
        """
                .formatted(width, height, width, height);
    }

    /// A colour for each number, from 0.
    static String colour(int number) {
        return Figures.of("hsl(%.0f 60%% 52%%)", number * GOLDEN_ANGLE % 360);
    }

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
