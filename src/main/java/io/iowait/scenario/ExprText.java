package io.iowait.scenario;

import io.iowait.program.Dsl;
import io.iowait.program.Expr;
import io.iowait.program.Op;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads expressions as steps of a scenario file have them: `n < 3`, `work * 2`, `5ms + gap`.
///
/// | binds | operators |
/// |---|---|
/// | least | `or` |
/// | | `and` |
/// | | `not` |
/// | | `<` `<=` `>` `>=` `==` `!=` |
/// | | `+` `-` |
/// | | `*` `/` `%` |
/// | most | a number, a time, a size, a name, `now`, `true`, `false`, `len(..)`, `min(.., ..)`, `max(.., ..)`, `( .. )` |
///
/// Times are ns, sizes bytes; division and remainder round down.
final class ExprText {
    private static final Pattern TOKEN =
            Pattern.compile(
                    "\\s*(?:(\\d[\\w.]*(?:µs)?)|([A-Za-z_]\\w*)|(<=|>=|==|!=|[-+*/%<>(),\\[\\]]))");
    private static final List<String> RESERVED =
            List.of("and", "or", "not", "now", "true", "false", "len", "min", "max");

    private static final int PARTS_MAX = 500;

    private final String key;
    private final String text;
    private final Function<String, Expr> name;
    private final List<String> tokens = new ArrayList<>();
    private int at;

    private ExprText(String key, String text, Function<String, Expr> name) {
        this.key = key;
        this.text = text;
        this.name = name;
        Matcher token = TOKEN.matcher(text.stripTrailing());
        int end = 0;
        while (end < text.stripTrailing().length()) {
            if (!token.find(end) || token.start() != end) {
                throw unusable("an expression such as n + 1");
            }
            tokens.add(token.group().strip());
            end = token.end();
        }
        if (tokens.size() > PARTS_MAX) { // it is read, and compiled, recursively
            throw ScenarioException.value(
                    key, tokens.size() + " parts", "an expression of at most " + PARTS_MAX);
        }
    }

    /// @param name what a name stands for; refuses those that mean nothing
    /// @throws ScenarioException if the text is no expression
    static Expr read(String key, String text, Function<String, Expr> name) {
        ExprText reader = new ExprText(key, text, name);
        Expr expr = reader.either();
        if (reader.at < reader.tokens.size()) {
            throw reader.unusable("an operator before '" + reader.tokens.get(reader.at) + "'");
        }
        return expr;
    }

    /// Whether a variable may be called so.
    static boolean isName(String word) {
        return word.matches("[A-Za-z_]\\w*") && !RESERVED.contains(word);
    }

    private ScenarioException unusable(String expected) {
        return ScenarioException.value(key, text, expected);
    }

    private Expr either() {
        Expr left = both();
        while (take("or")) {
            left = Dsl.or(left, both());
        }
        return left;
    }

    private Expr both() {
        Expr left = negated();
        while (take("and")) {
            left = Dsl.and(left, negated());
        }
        return left;
    }

    private Expr negated() {
        return take("not") ? Dsl.not(negated()) : compared();
    }

    private Expr compared() {
        Expr left = sum();
        Op op =
                switch (peek()) {
                    case "<" -> Op.LT;
                    case "<=" -> Op.LE;
                    case ">" -> Op.GT;
                    case ">=" -> Op.GE;
                    case "==" -> Op.EQ;
                    case "!=" -> Op.NE;
                    default -> null;
                };
        if (op == null) {
            return left;
        }
        at++;
        return Dsl.bin(op, left, sum());
    }

    private Expr sum() {
        Expr left = product();
        while (peek().equals("+") || peek().equals("-")) {
            Op op = tokens.get(at++).equals("+") ? Op.ADD : Op.SUB;
            left = Dsl.bin(op, left, product());
        }
        return left;
    }

    private Expr product() {
        Expr left = indexed();
        while (peek().matches("[*/%]")) {
            Op op =
                    switch (tokens.get(at++)) {
                        case "*" -> Op.MUL;
                        case "/" -> Op.DIV;
                        default -> Op.MOD;
                    };
            left = Dsl.bin(op, left, indexed());
        }
        return left;
    }

    private Expr indexed() {
        Expr value = atom();
        while (take("[")) {
            value = Dsl.index(value, either());
            require("]");
        }
        return value;
    }

    private Expr atom() {
        if (at == tokens.size()) {
            throw unusable(at == 0 ? "an expression" : "an operand at its end");
        }
        String token = tokens.get(at++);
        if (Character.isDigit(token.charAt(0))) {
            return Dsl.num(number(token));
        }
        return switch (token) {
            case "(" -> {
                Expr inner = either();
                require(")");
                yield inner;
            }
            case "-" -> Dsl.sub(0, indexed());
            case "now" -> Dsl.now();
            case "true" -> Dsl.bool(true);
            case "false" -> Dsl.bool(false);
            case "len" -> {
                require("(");
                Expr inner = either();
                require(")");
                yield Dsl.len(inner);
            }
            case "min", "max" -> {
                require("(");
                Expr first = either();
                require(",");
                Expr second = either();
                require(")");
                yield Dsl.bin(token.equals("min") ? Op.MIN : Op.MAX, first, second);
            }
            default -> {
                if (!isName(token)) {
                    throw unusable("an operand before '" + token + "'");
                }
                yield name.apply(token);
            }
        };
    }

    private long number(String token) {
        if (token.matches("[\\d_]+")) {
            return Units.count(key, token);
        }
        return token.endsWith("B") ? Units.bytes(key, token) : Units.timeNs(key, token);
    }

    private String peek() {
        return at < tokens.size() ? tokens.get(at) : "";
    }

    private boolean take(String token) {
        boolean isNext = peek().equals(token);
        at += isNext ? 1 : 0;
        return isNext;
    }

    private void require(String token) {
        if (!take(token)) {
            throw unusable("'" + token + "' after '" + tokens.get(at - 1) + "'");
        }
    }
}
