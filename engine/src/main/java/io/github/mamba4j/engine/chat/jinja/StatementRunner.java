package io.github.mamba4j.engine.chat.jinja;

import io.github.mamba4j.engine.chat.jinja.Stmt.Signature;
import io.github.mamba4j.engine.chat.jinja.Stmt.Target;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/** Runs statements. */
final class StatementRunner {
    /** How statements end. */
    private enum Ending {
        NORMAL, BREAK, CONTINUE
    }

    private final Run run;
    private final Budget budget;
    private final Evaluator evaluator;
    private final Map<String, Stmt.Block> blocks = new HashMap<>();
    private StringBuilder out = new StringBuilder();

    private StatementRunner(Run run) {
        this.run = run;
        budget = run.budget();
        evaluator = new Evaluator(run);
    }

    /** Runs a whole template and gives what it has written. */
    static String run(List<Stmt> template, Scope scope, Run run) {
        var runner = new StatementRunner(run);
        runner.statements(template, Frame.top(scope, run));
        return runner.out.toString();
    }

    private void write(String text) {
        TextMethods.append(out, text, budget);
    }

    private Ending statements(List<Stmt> statements, Frame frame) {
        for (Stmt statement : statements) {
            Ending ending = statement(statement, frame);
            if (ending != Ending.NORMAL) {
                return ending;
            }
        }
        return Ending.NORMAL;
    }

    private Ending statement(Stmt statement, Frame frame) {
        budget.enter();
        Ending ending = Ending.NORMAL;
        switch (statement) {
            case Stmt.Data s -> write(s.text());
            case Stmt.Print s -> {
                run.at(s.line(), "{{ }}");
                write(Printer.text(evaluator.value(s.value(), frame), budget));
            }
            case Stmt.If s -> ending = conditional(s, frame);
            case Stmt.For s -> loop(s, null, frame, 0);
            case Stmt.Assign s -> {
                run.at(s.line(), "{% set %}");
                assign(s.target(), evaluator.value(s.value(), frame), frame);
            }
            case Stmt.AssignBlock s -> ending = assignBlock(s, frame);
            case Stmt.MacroOf s -> frame.set(s.name(),
                    macro(s.name(), s.signature(), s.body(), s.scope(), frame));
            case Stmt.CallBlock s -> callBlock(s, frame);
            case Stmt.FilterBlock s -> {
                Frame inner = frame.inner(s.scope());
                StringBuilder before = begin();
                ending = statements(s.body(), inner);
                String text = end(before);
                if (ending == Ending.NORMAL) {
                    run.at(s.line(), "{% filter %}");
                    write(Printer.text(evaluator.filtered(s.filter(), text, inner), budget));
                }
            }
            case Stmt.With s -> ending = with(s, frame);
            case Stmt.Block s -> block(s, frame);
            case Stmt.Break s -> ending = Ending.BREAK;
            case Stmt.Continue s -> ending = Ending.CONTINUE;
            case Stmt.OtherTemplate s -> {
                run.at(s.line(), "{% " + s.tag() + " %}");
                throw new Failure("a chat template cannot reach other templates");
            }
        }
        budget.leave();
        return ending;
    }

    /** From here on what is written is kept apart. */
    private StringBuilder begin() {
        StringBuilder before = out;
        out = new StringBuilder();
        return before;
    }

    private String end(StringBuilder before) {
        String text = out.toString();
        out = before;
        return text;
    }

    private Ending conditional(Stmt.If s, Frame frame) {
        for (Stmt.Branch branch : s.branches()) {
            run.at(branch.line(), "{% if %}");
            if (Truth.of(evaluator.value(branch.test(), frame))) {
                return statements(branch.body(), frame);
            }
        }
        return statements(s.otherwise(), frame);
    }

    /** A loop; {@code within} are the elements of a recursive call, or null for those that the loop names. */
    private void loop(Stmt.For s, Object[] within, Frame frame, int depth0) {
        run.at(s.line(), "{% for %}");
        Object iterable = within != null ? within[0] : evaluator.value(s.iterable(), frame);
        run.at(s.line(), "{% for %}");
        Iterator<Object> elements = Sequences.iterator(iterable, budget);
        if (s.filter() != null) {
            elements = Sequences.filtered(elements, element -> {
                Frame inner = frame.inner(s.filterScope());
                assign(s.target(), element, inner);
                return Truth.of(evaluator.value(s.filter(), inner));
            });
        }
        BiFunction<Object, Integer, String> recurse = s.recursive()
                ? (inner, depth) -> {
                    budget.enter();
                    StringBuilder before = begin();
                    loop(s, new Object[]{inner}, frame, depth);
                    budget.leave();
                    return end(before);
                }
                : null;
        var loop = new LoopValue(iterable, elements, s.filter() == null, depth0, recurse, run);
        // As the reference has it: an iteration that 'break' or 'continue' ends does not count.
        boolean any = false;
        while (loop.hasNext()) {
            Object element = loop.next();
            Frame inner = frame.inner(s.scope());
            inner.set("loop", loop);
            assign(s.target(), element, inner);
            Ending ending = statements(s.body(), inner);
            any |= ending == Ending.NORMAL;
            if (ending == Ending.BREAK) {
                break;
            }
            run.at(s.line(), "{% for %}");
        }
        if (!any) {
            statements(s.otherwise(), frame.inner(s.otherwiseScope()));
        }
    }

    private void assign(Target target, Object value, Frame frame) {
        switch (target) {
            case Target.Variable t -> frame.set(t.name(), value);
            case Target.Field t -> Access.set(frame.get(t.namespace()), t.name(), value, t.namespace());
            case Target.Several t -> {
                List<Object> values = Sequences.list(value, budget);
                if (values.size() != t.targets().size()) {
                    throw new Failure("expected " + t.targets().size() + " values for as many names, found "
                            + values.size());
                }
                for (int i = 0; i < values.size(); i++) {
                    assign(t.targets().get(i), values.get(i), frame);
                }
            }
        }
    }

    private Ending assignBlock(Stmt.AssignBlock s, Frame frame) {
        Frame inner = frame.inner(s.scope());
        StringBuilder before = begin();
        Ending ending = statements(s.body(), inner);
        String text = end(before);
        if (ending == Ending.NORMAL) {
            run.at(s.line(), "{% set %}");
            assign(s.target(), evaluator.filtered(s.filter(), text, inner), frame);
        }
        return ending;
    }

    private Ending with(Stmt.With s, Frame frame) {
        run.at(s.line(), "{% with %}");
        List<Object> values = new ArrayList<>();
        s.values().forEach(value -> values.add(evaluator.value(value, frame)));
        Frame inner = frame.inner(s.scope());
        for (int i = 0; i < values.size(); i++) {
            assign(s.targets().get(i), values.get(i), inner);
        }
        return statements(s.body(), inner);
    }

    private void block(Stmt.Block s, Frame frame) {
        Stmt.Block earlier = blocks.putIfAbsent(s.name(), s);
        if (earlier != null && earlier != s) {
            throw new Failure("the block '" + s.name() + "' is there twice");
        }
        statements(s.body(), s.scoped() ? frame.inner(s.scope()) : frame.apart(s.scope()));
    }

    private void callBlock(Stmt.CallBlock s, Frame frame) {
        Callable.Macro caller = macro("caller", s.signature(), s.body(), s.scope(), frame);
        if (s.call() == null) {
            write((String) caller.call(Arguments.NONE));
            return;
        }
        run.at(s.line(), "{% call %}");
        Object callee = evaluator.value(s.call().callee(), frame);
        Arguments arguments = evaluator.arguments(s.call().args(), frame);
        Map<String, Object> named = new LinkedHashMap<>(arguments.named());
        named.put("caller", caller);
        Object result = evaluator.call(callee, new Arguments(arguments.positional(), named), s.call());
        write(Printer.text(result, budget));
    }

    private Callable.Macro macro(String name, Signature signature, List<Stmt> body, Scope scope, Frame frame) {
        return new Callable.Macro(name, signature, arguments -> {
            budget.enter();
            budget.work(16);
            Frame inner = frame.inner(scope);
            pass(name, signature, arguments, inner);
            StringBuilder before = begin();
            statements(body, inner);
            budget.leave();
            return end(before);
        });
    }

    /** Gives parameters their values. Defaults see the parameters before them. */
    private void pass(String name, Signature signature, Arguments arguments, Frame frame) {
        Map<String, Object> named = new LinkedHashMap<>(arguments.named());
        List<Object> positional = arguments.positional();
        List<String> names = signature.names();
        int given = Math.min(positional.size(), names.size());
        for (int i = 0; i < names.size(); i++) {
            if (i < given) {
                frame.set(names.get(i), positional.get(i));
            } else if (named.containsKey(names.get(i))) {
                frame.set(names.get(i), named.remove(names.get(i)));
            }
        }
        if (signature.caller()) {
            Object caller = named.remove("caller");
            frame.set("caller", caller == null ? new Undefined("there is no caller") : caller);
        }
        if (signature.kwargs()) {
            DictValue kwargs = new DictValue();
            named.forEach((key, value) -> kwargs.put(key, value, budget));
            frame.set("kwargs", kwargs);
        } else if (!named.isEmpty()) {
            throw new Failure("the macro '" + name + "' has no parameter '" + named.keySet().iterator().next() + "'");
        }
        List<Object> more = positional.subList(given, positional.size());
        if (signature.varargs()) {
            frame.set("varargs", new TupleValue(List.copyOf(more.stream().map(v -> v).toList())));
        } else if (!more.isEmpty()) {
            throw new Failure("the macro '" + name + "' takes at most " + names.size() + " arguments, found "
                    + positional.size());
        }
        defaults(signature, frame);
    }

    private void defaults(Signature signature, Frame frame) {
        List<String> names = signature.names();
        int first = names.size() - signature.defaults().size();
        for (int i = 0; i < names.size(); i++) {
            if (frame.isMissing(names.get(i))) {
                frame.set(names.get(i), i < first
                        ? new Undefined("the parameter '" + names.get(i) + "' was not passed")
                        : evaluator.value(signature.defaults().get(i - first), frame));
            }
        }
    }
}
