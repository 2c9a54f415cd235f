package io.github.mamba4j.engine.chat;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.filter.Filter;

/** {@code replace}, within the limits: a few of the library's own in a row can make any amount of text. */
record JinjaReplaceFilter(int maxLength) implements Filter {
    @Override
    public String getName() {
        return "replace";
    }

    @Override
    public Object filter(Object value, JinjavaInterpreter interpreter, String... args) {
        if (args.length != 2) {
            throw new ChatTemplateException("replace: expected two arguments, found " + args.length);
        }
        return value == null ? null : PythonMethods.replace(value.toString(), args[0], args[1], maxLength);
    }
}
