package io.iowait.program;

import java.util.List;

/// A named body with parameters. Its variables are the parameters and the names it assigns, unless
/// those are globals.
public record Function(String name, List<String> params, List<Statement> body) {
    public Function {
        params = List.copyOf(params);
        body = List.copyOf(body);
        if (params.stream().distinct().count() != params.size()) {
            throw new IllegalArgumentException(
                    "parameter named twice: function=" + name + " params=" + params);
        }
    }
}
