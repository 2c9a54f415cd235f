package io.github.mamba4j.engine;

import io.github.mamba4j.engine.state.StateLayout;
import java.util.HexFormat;
import java.util.function.LongSupplier;

/**
 * Whose states a state is one of: what they hold, and which weights made them. The weights are told apart by a fingerprint
 * of all of them, which is computed when it is first asked for. Thread-safe.
 */
final class ModelIdentity {
    private final StateLayout layout;
    private final LongSupplier compute;
    private Long fingerprint;

    ModelIdentity(StateLayout layout, LongSupplier compute) {
        this.layout = layout;
        this.compute = compute;
    }

    StateLayout layout() {
        return layout;
    }

    synchronized long fingerprint() {
        if (fingerprint == null) {
            fingerprint = compute.getAsLong();
        }
        return fingerprint;
    }

    String hex() {
        return HexFormat.of().toHexDigits(fingerprint());
    }

    /** Refuses states of another model. Between models of the same weights they may be exchanged. */
    void require(ModelIdentity other) {
        String difference = difference(other);
        if (!difference.isEmpty()) {
            throw new IllegalArgumentException(difference);
        }
    }

    boolean accepts(ModelIdentity other) {
        return difference(other).isEmpty();
    }

    private String difference(ModelIdentity other) {
        if (this == other) {
            return "";
        }
        String difference = layout.difference(other.layout);
        if (difference.isEmpty() && fingerprint() != other.fingerprint()) {
            difference = mismatch(other.hex());
        }
        return difference;
    }

    /** What to say of a state that was made with other weights. */
    String mismatch(String found) {
        return "expected a state of the model " + hex() + ", found one of the model " + found
                + " (other weights, or the same in another format: see dtype)";
    }
}
