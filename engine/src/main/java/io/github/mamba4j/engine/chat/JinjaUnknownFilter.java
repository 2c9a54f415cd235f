package io.github.mamba4j.engine.chat;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.filter.Filter;

/** Stands for a filter that there is not, and says so when a template comes to it. */
record JinjaUnknownFilter(String name) implements Filter {
    @Override
    public String getName() {
        return name;
    }

    @Override
    public Object filter(Object value, JinjavaInterpreter interpreter, String... args) {
        throw new ChatTemplateException("the chat template uses the filter " + name + ", which is not offered to it");
    }
}
