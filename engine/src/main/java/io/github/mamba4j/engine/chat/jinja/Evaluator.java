package io.github.mamba4j.engine.chat.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Computes expressions. */
final class Evaluator {
    private final Run run;
    private final Budget budget;

    Evaluator(Run run) {
        this.run = run;
        budget = run.budget();
    }

    /** The value of an expression. */
    Object value(Expr expression, Frame frame) {
        budget.enter();
        Object value = switch (expression) {
            case Expr.Const e -> e.value();
            case Expr.Name e -> frame.get(e.name());
            case Expr.TupleOf e -> new TupleValue(values(e.elements(), frame));
            case Expr.ListOf e -> new ListValue(values(e.elements(), frame));
            case Expr.DictOf e -> dict(e, frame);
            case Expr.Conditional e -> conditional(e, frame);
            case Expr.And e -> {
                Object left = value(e.left(), frame);
                yield Truth.of(left) ? value(e.right(), frame) : left;
            }
            case Expr.Or e -> {
                Object left = value(e.left(), frame);
                yield Truth.of(left) ? left : value(e.right(), frame);
            }
            case Expr.Not e -> !Truth.of(value(e.operand(), frame));
            case Expr.Comparison e -> comparison(e, frame);
            case Expr.Binary e -> binary(e, frame);
            case Expr.Signed e -> {
                Object operand = value(e.operand(), frame);
                run.at(e.line(), "a sign");
                yield Operators.signed(e.negative(), operand, budget);
            }
            case Expr.Concat e -> concat(e, frame);
            case Expr.Attribute e -> {
                Object object = value(e.object(), frame);
                run.at(e.line(), "." + e.name());
                yield Access.attribute(object, e.name(), run);
            }
            case Expr.Item e -> {
                Object object = value(e.object(), frame);
                Object index = value(e.index(), frame);
                run.at(e.line(), "[...]");
                yield Access.item(object, index, run);
            }
            case Expr.Slice e -> slice(e, frame);
            case Expr.Call e -> call(value(e.callee(), frame), arguments(e.args(), frame), e);
            case Expr.Filter e -> filter(e, value(e.input(), frame), frame);
            case Expr.Test e -> test(e, frame);
        };
        budget.leave();
        return value;
    }

    private List<Object> values(List<Expr> expressions, Frame frame) {
        budget.elements(expressions.size());
        List<Object> values = new ArrayList<>(expressions.size());
        for (Expr expression : expressions) {
            values.add(value(expression, frame));
        }
        return values;
    }

    private Object dict(Expr.DictOf e, Frame frame) {
        budget.elements(3L * e.keys().size());
        DictValue dict = new DictValue();
        for (int i = 0; i < e.keys().size(); i++) {
            dict.put(value(e.keys().get(i), frame), value(e.values().get(i), frame), budget);
        }
        return dict;
    }

    private Object conditional(Expr.Conditional e, Frame frame) {
        if (Truth.of(value(e.test(), frame))) {
            return value(e.then(), frame);
        }
        return e.otherwise() == null
                ? new Undefined("an inline 'if' without 'else' does not hold")
                : value(e.otherwise(), frame);
    }

    private Object comparison(Expr.Comparison e, Frame frame) {
        Object left = value(e.first(), frame);
        for (Expr.Operand operand : e.rest()) {
            Object right = value(operand.value(), frame);
            run.at(e.line(), "'" + operand.operator() + "'");
            boolean holds = switch (operand.operator()) {
                case "==" -> Comparisons.equal(left, right, budget);
                case "!=" -> !Comparisons.equal(left, right, budget);
                case "in" -> Comparisons.contains(right, left, budget);
                case "not in" -> !Comparisons.contains(right, left, budget);
                default -> Comparisons.order(left, right, operand.operator(), budget);
            };
            if (!holds) {
                return false;
            }
            left = right;
        }
        return true;
    }

    private Object binary(Expr.Binary e, Frame frame) {
        Object left = value(e.left(), frame);
        Object right = value(e.right(), frame);
        run.at(e.line(), "'" + e.operator() + "'");
        return Operators.binary(e.operator(), left, right, budget);
    }

    private Object concat(Expr.Concat e, Frame frame) {
        StringBuilder text = new StringBuilder();
        for (Expr part : e.parts()) {
            TextMethods.append(text, Printer.text(value(part, frame), budget), budget);
        }
        return text.toString();
    }

    private Object slice(Expr.Slice e, Frame frame) {
        Object object = value(e.object(), frame);
        Object from = e.from() == null ? null : value(e.from(), frame);
        Object to = e.to() == null ? null : value(e.to(), frame);
        Object step = e.step() == null ? null : value(e.step(), frame);
        run.at(e.line(), "[...:...]");
        return Sequences.slice(object, from, to, step, budget);
    }

    /** The values of arguments. */
    Arguments arguments(Expr.Args args, Frame frame) {
        if (args == Expr.Args.NONE) {
            return Arguments.NONE;
        }
        List<Object> positional = values(args.positional(), frame);
        Map<String, Object> named = new LinkedHashMap<>();
        for (Expr.Named argument : args.named()) {
            named.put(argument.name(), value(argument.value(), frame));
        }
        if (args.star() != null) {
            positional.addAll(Sequences.list(value(args.star(), frame), budget));
        }
        if (args.stars() != null) {
            Access.keywords(value(args.stars(), frame), run).forEach((name, value) -> {
                if (named.put(name, value) != null) {
                    throw new Failure("the argument '" + name + "' is given twice");
                }
            });
        }
        return new Arguments(positional, named);
    }

    /** Calls what can be called. */
    Object call(Object callee, Arguments arguments, Expr.Call e) {
        run.at(e.line(), "a call" + (e.callee() instanceof Expr.Name name
                ? " of '" + name.name() + "'"
                : e.callee() instanceof Expr.Attribute attribute ? " of '" + attribute.name() + "'" : ""));
        budget.step();
        return switch (callee) {
            case Callable callable -> callable.call(arguments);
            case LoopValue loop -> loop.call(arguments);
            case Undefined u -> throw u.failure();
            case null, default -> throw new Failure(Kinds.of(callee) + " cannot be called");
        };
    }

    /** A filter, or several, with a value at their beginning. */
    Object filtered(Expr filter, Object input, Frame frame) {
        if (!(filter instanceof Expr.Filter e)) {
            return input;
        }
        return filter(e, e.input() == null ? input : filtered(e.input(), input, frame), frame);
    }

    private Object filter(Expr.Filter e, Object input, Frame frame) {
        Arguments arguments = arguments(e.args(), frame);
        run.at(e.line(), "the filter '" + e.name() + "'");
        return Filters.apply(e.name(), input, arguments, run);
    }

    private Object test(Expr.Test e, Frame frame) {
        Object input = value(e.input(), frame);
        Arguments arguments = arguments(e.args(), frame);
        run.at(e.line(), "the test '" + e.name() + "'");
        return Tests.apply(e.name(), input, arguments, run);
    }
}
