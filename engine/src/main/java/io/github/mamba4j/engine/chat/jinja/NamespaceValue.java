package io.github.mamba4j.engine.chat.jinja;

import java.util.LinkedHashMap;
import java.util.Map;

/** The one thing whose attributes a template can change. */
final class NamespaceValue {
    private final Map<String, Object> fields = new LinkedHashMap<>();

    Map<String, Object> fields() {
        return fields;
    }
}
