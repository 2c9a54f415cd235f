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
        bytes += mask.byteSize();
        var oldest = masks.entrySet().iterator();
        while (bytes > capacity && masks.size() > 1) {
            bytes -= oldest.next().getValue().byteSize();
            oldest.remove();
        }
    }

    synchronized long bytes() {
        return bytes;
    }
}
