package io.github.mamba4j.engine.chat.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A dictionary in the order in which its keys came; the sandbox lets nothing change one that is made. */
final class DictValue {
    /** A key and its value. */
    record Entry(Object key, Object value) {}

    private final Map<Object, Entry> entries = new LinkedHashMap<>();

    /** Adds or replaces; a key that is there stays as it is. */
    void put(Object key, Object value, Budget budget) {
        Object hashed = Keys.of(key, budget);
        Entry old = entries.get(hashed);
        entries.put(hashed, new Entry(old == null ? key : old.key(), value));
    }

    /** The entry of a key that {@link Keys#of} has made; null if there is none. */
    Entry get(Object hashed) {
        return entries.get(hashed);
    }

    int size() {
        return entries.size();
    }

    Iterable<Entry> entries() {
        return entries.values();
    }

    List<Object> keys() {
        List<Object> keys = new ArrayList<>(size());
        entries.values().forEach(entry -> keys.add(entry.key()));
        return keys;
    }

    List<Object> values() {
        List<Object> values = new ArrayList<>(size());
        entries.values().forEach(entry -> values.add(entry.value()));
        return values;
    }

    List<Object> items() {
        List<Object> items = new ArrayList<>(size());
        entries.values().forEach(entry -> items.add(TupleValue.pair(entry.key(), entry.value())));
        return items;
    }
}
