package io.github.mamba4j.engine;

import io.github.mamba4j.engine.state.LayerState;
import io.github.mamba4j.engine.state.SequenceState;
import io.github.mamba4j.engine.state.StateLayout;
import io.github.mamba4j.engine.state.StateTensor;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All that a model remembers of one sequence: for each mixer what it carries from token to token, such as the last inputs
 * of a convolution and the state h of a recurrence. A state can be copied, saved and loaded.
 *
 * <p>Not thread-safe: a state belongs to one sequence at a time.
 */
public final class MambaState {
    private final ModelIdentity identity;
    private final SequenceState sequence;

    MambaState(ModelIdentity identity) {
        this.identity = identity;
        sequence = new SequenceState(identity.layout());
    }

    /**
     * A copy that goes its own way.
     *
     * @return the copy
     * @throws IllegalStateException if a call that failed left this state unusable
     */
    public MambaState copy() {
        MambaState copy = new MambaState(identity);
        copy.copyFrom(this);
        return copy;
    }

    /**
     * Overwrites this state with another one.
     *
     * @param other a state of the same model
     * @throws IllegalArgumentException if it is a state of another model
     * @throws IllegalStateException if a call that failed left the other state unusable
     */
    public void copyFrom(MambaState other) {
        other.requireWhole();
        identity.require(other.identity);
        sequence.copyFrom(other.sequence);
    }

    /** Goes back to the beginning: no token consumed. */
    public void reset() {
        sequence.reset();
    }

    /**
     * How many tokens this state has taken in.
     *
     * @return the number of tokens since the beginning
     */
    public long tokensConsumed() {
        return sequence.position();
    }

    /**
     * The memory of the numbers in this state, which is about what a file of it takes.
     *
     * @return the size in bytes
     */
    public long byteSize() {
        return sequence.byteSize();
    }

    /**
     * Whether another state holds the same: same model, same number of tokens, same bits.
     *
     * @param other a state
     * @return true if nothing tells them apart
     */
    public boolean contentEquals(MambaState other) {
        return identity.accepts(other.identity) && sequence.contentEquals(other.sequence);
    }

    /**
     * The numbers in this state, in the order in which the papers write them: for instance {@code layers.0.mixer.conv},
     * {@code [channels, taps - 1]}, the oldest input first, and {@code layers.0.mixer.ssm}, {@code [channels, states]} of
     * Mamba-1.
     *
     * @return new arrays by name, row-major
     */
    public Map<String, float[]> tensors() {
        Map<String, float[]> tensors = new LinkedHashMap<>();
        for (StateTensor tensor : saved()) {
            tensors.put(tensor.name(), tensor.values());
        }
        return tensors;
    }

    /** What {@link #tensors} gives, with shapes. */
    List<StateTensor> saved() {
        List<StateTensor> tensors = new ArrayList<>();
        StateLayout layout = identity.layout();
        for (int slot = 0; slot < layout.slots().size(); slot++) {
            String name = layout.slots().get(slot).name();
            for (StateTensor tensor : sequence.slot(slot).save()) {
                tensors.add(new StateTensor(name + "." + tensor.name(), tensor.shape(), tensor.values()));
            }
        }
        return tensors;
    }

    /**
     * Overwrites this state with numbers that come from elsewhere, such as another implementation of the model.
     *
     * @param tensors all arrays that {@link #tensors} names
     * @param tokens how many tokens that state has taken in
     * @throws IllegalArgumentException if an array is missing or has another size, or the number is negative; nothing has
     *     changed then
     */
    public void set(Map<String, float[]> tensors, long tokens) {
        if (tokens < 0) {
            throw new IllegalArgumentException("tokens: expected 0 or more, found " + tokens);
        }
        List<List<StateTensor>> slots = new ArrayList<>();
        StateLayout layout = identity.layout();
        for (int slot = 0; slot < layout.slots().size(); slot++) {
            LayerState state = sequence.slot(slot);
            String name = layout.slots().get(slot).name() + ".";
            try {
                slots.add(state.shapes(tokens).stream().map(shape -> found(name, shape, tensors)).toList());
            } catch (ArithmeticException e) {
                throw new IllegalArgumentException(
                        "tokens: expected as many as have keys and values that fit arrays, found " + tokens, e);
            }
        }
        sequence.load(slots, tokens);
    }

    private static StateTensor found(String prefix, StateTensor shape, Map<String, float[]> tensors) {
        float[] values = tensors.get(prefix + shape.name());
        if (values == null || values.length != shape.size()) {
            throw new IllegalArgumentException(prefix + shape.name() + ": expected " + shape.size() + " values, found "
                    + (values == null ? "none" : values.length));
        }
        return new StateTensor(shape.name(), shape.shape(), values);
    }

    /**
     * Writes this state as a safetensors file, so that {@link #load(InputStream, MambaModel)} gives it back. The stream is
     * not closed. The first save with a model reads all of its weights, to tell it from others.
     *
     * @param out where to write to
     * @throws IOException if writing fails
     * @throws IllegalStateException if a call that failed left this state unusable
     */
    public void save(OutputStream out) throws IOException {
        StateFile.write(StateFile.Content.of(this), out);
    }

    /**
     * Writes this state to a file. The file is replaced in one step once the new one is safely on the disk: whatever
     * interrupts this, there is a whole file afterwards, the old or the new.
     *
     * @param file the file
     * @throws IOException if writing fails
     * @throws IllegalStateException if a call that failed left this state unusable
     */
    public void save(Path file) throws IOException {
        StateFile.write(StateFile.Content.of(this), file);
    }

    /**
     * Reads a state. Reads no byte beyond it, so that a state may be a part of something larger. Never allocates more
     * than a state of the model takes, whatever the stream says.
     *
     * @param in where to read from; not closed
     * @param model the model that the state belongs to
     * @return the state
     * @throws StateFormatException if this is not a whole, sound state of this model; the message says what is wrong
     * @throws IOException if reading fails
     */
    public static MambaState load(InputStream in, MambaModel model) throws IOException {
        return StateFile.read(in, model, "the stream").state();
    }

    /**
     * Reads a state from a file that holds nothing else.
     *
     * @param file the file
     * @param model the model that the state belongs to
     * @return the state
     * @throws StateFormatException if this is not a whole, sound state of this model; the message says what is wrong
     * @throws IOException if reading fails
     */
    public static MambaState load(Path file, MambaModel model) throws IOException {
        return StateFile.read(file, model).state();
    }

    ModelIdentity identity() {
        return identity;
    }

    SequenceState sequence() {
        return sequence;
    }

    void requireWhole() {
        if (sequence.isTorn()) {
            throw new IllegalStateException("a call that failed left this state unusable; reset it or copy another one"
                    + " into it");
        }
    }
}
