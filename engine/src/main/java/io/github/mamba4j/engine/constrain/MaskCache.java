package io.github.mamba4j.engine.constrain;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** The masks that were used last, by configuration, within a bound of bytes. Thread-safe. */
final class MaskCache {

    private final long capacity;
    private final Map<Configuration, TokenMask> masks = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    MaskCache(long capacity) {
        this.capacity = capacity;
    }

    /** The mask of a configuration, made if it is not there; outside the lock, so that two threads may both make it. */
    TokenMask get(Configuration configuration, Function<Configuration, TokenMask> maker) {
        synchronized (this) {
            TokenMask known = masks.get(configuration);
            if (known != null) {
                return known;
            }
        }
        TokenMask made = maker.apply(configuration);
        put(configuration, made);
        return made;
    }

    private synchronized void put(Configuration configuration, TokenMask mask) {
        if (masks.put(configuration, mask) != null) {
            return;
        }
        bytes += size(configuration, mask);
        var oldest = masks.entrySet().iterator();
        while (bytes > capacity && masks.size() > 1) {
            Map.Entry<Configuration, TokenMask> entry = oldest.next();
            bytes -= size(entry.getKey(), entry.getValue());
            oldest.remove();
        }
    }

    /** The configuration counts: the machine may have forgotten it, and then it lives here alone. */
    private static long size(Configuration configuration, TokenMask mask) {
        return configuration.weight() + mask.byteSize();
    }

    synchronized long bytes() {
        return bytes;
    }
}
