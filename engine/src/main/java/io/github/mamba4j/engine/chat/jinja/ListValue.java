package io.github.mamba4j.engine.chat.jinja;

import java.util.List;

/**
 * A list; the sandbox lets nothing change it.
 *
 * @param items its elements
 */
record ListValue(List<Object> items) {}
