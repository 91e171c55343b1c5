package io.iowait.scenario;

import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;

/// What is wrong with a text that is no JSON, and where.
final class JsonFault {
    private static final int LENGTH_MAX = 120;

    private JsonFault() {}

    /// @param what should have been JSON
    static ScenarioException of(String what, JacksonException e) {
        TokenStreamLocation at = e.getLocation();
        String place = at == null ? "" : " at %d:%d".formatted(at.getLineNr(), at.getColumnNr());
        String why = e.getOriginalMessage().replaceFirst(" ?\\(start marker at .*", "");
        return new ScenarioException(
                "%s must be JSON%s: %s"
                        .formatted(
                                what,
                                place,
                                why.length() <= LENGTH_MAX
                                        ? why
                                        : why.substring(0, LENGTH_MAX) + ".."));
    }
}
