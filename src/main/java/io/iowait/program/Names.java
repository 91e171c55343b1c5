package io.iowait.program;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Finds the names that statements assign.
final class Names {
    private Names() {}

    /// In order of first assignment.
    static Set<String> assigned(List<Statement> body) {
        Set<String> names = new LinkedHashSet<>();
        collect(body, names);
        names.remove("");
        return names;
    }

    private static void collect(List<Statement> body, Set<String> names) {
        for (Statement statement : body) {
            switch (statement) {
                case Statement.Set set -> names.add(set.name());
                case Statement.Ask ask -> names.add(ask.into());
                case Statement.Call call -> names.add(call.into());
                case Statement.If branch -> {
                    collect(branch.then(), names);
                    collect(branch.otherwise(), names);
                }
                case Statement.While loop -> collect(loop.body(), names);
                case Statement.Repeat repeat -> {
                    names.add(repeat.var());
                    collect(repeat.body(), names);
                }
                case Statement.ForEach each -> {
                    names.add(each.var());
                    collect(each.body(), names);
                }
                case Statement.Try attempt -> {
                    collect(attempt.body(), names);
                    for (Statement.Handler handler : attempt.handlers()) {
                        names.add(handler.as());
                        collect(handler.body(), names);
                    }
                    collect(attempt.finallyBody(), names);
                }
                case Statement.Append _,
                        Statement.Break _,
                        Statement.Continue _,
                        Statement.Return _,
                        Statement.Raise _,
                        Statement.RaiseValue _,
                        Statement.Log _,
                        Statement.Compute _,
                        Statement.Do _ -> {}
            }
        }
    }
}
