package io.github.mamba4j.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * All that a model remembers of a sequence: for each layer the last inputs of the convolution and the state h of the
 * scan, and how many tokens were taken in. Its size does not grow with the sequence.
 *
 * <p>A state belongs to one sequence at a time and is not thread-safe: nobody may read or write it while a call of the
 * model works on it. Copies are independent, so a sequence is forked by {@link #copy}.
 *
 * <p>If a call of the model fails midway (an observer throws, memory runs out), the states of its batch are neither
 * before nor after the call. They refuse to be used until {@link #reset} or {@link #copyFrom} makes them whole.
 */
public final class MambaState {
    private final StateShape shape;
    /** For each layer {@code [dConv - 1, dInner]}, oldest row first. */
    private final float[][] conv;
    /** For each layer in the order of {@link StateShape#ssmLayout}. */
    private final float[][] ssm;
    private long tokensConsumed;
    private boolean torn;

    MambaState(StateShape shape) {
        this.shape = shape;
        conv = new float[shape.nLayer()][shape.convSize()];
        ssm = new float[shape.nLayer()][shape.ssmSize()];
    }

    /**
     * A copy that goes its own way.
     *
     * @return the copy
     * @throws IllegalStateException if a call that failed left this state unusable
     */
    public MambaState copy() {
        MambaState copy = new MambaState(shape);
        copy.copyFrom(this);
        return copy;
    }

    /**
     * Overwrites this state with another one. Nothing is allocated.
     *
     * @param other a state of the same model
     * @throws IllegalArgumentException if it is a state of another model
     * @throws IllegalStateException if a call that failed left the other state unusable
     */
    public void copyFrom(MambaState other) {
        other.requireWhole();
        if (!shape.equals(other.shape)) {
            throw new IllegalArgumentException(shape.mismatch(other.shape));
        }
        for (int i = 0; i < conv.length; i++) {
            System.arraycopy(other.conv[i], 0, conv[i], 0, conv[i].length);
            System.arraycopy(other.ssm[i], 0, ssm[i], 0, ssm[i].length);
        }
        tokensConsumed = other.tokensConsumed;
        torn = false;
    }

    /** Goes back to the beginning: zeros, no token consumed. */
    public void reset() {
        for (int i = 0; i < conv.length; i++) {
            Arrays.fill(conv[i], 0f);
            Arrays.fill(ssm[i], 0f);
        }
        tokensConsumed = 0;
        torn = false;
    }

    /**
     * How many tokens this state has taken in.
     *
     * @return the number of tokens since the beginning
     */
    public long tokensConsumed() {
        return tokensConsumed;
    }

    /**
     * The memory of the numbers in this state, which is about what a file of it takes.
     *
     * @return the size in bytes
     */
    public long byteSize() {
        return shape.bytes();
    }

    /**
     * Whether another state holds the same: same model, same number of tokens, same bits.
     *
     * @param other a state
     * @return true if nothing tells them apart
     */
    public boolean contentEquals(MambaState other) {
        return shape.equals(other.shape) && tokensConsumed == other.tokensConsumed && torn == other.torn
                && Arrays.deepEquals(conv, other.conv) && Arrays.deepEquals(ssm, other.ssm);
    }

    /**
     * The last inputs of a layer's convolution.
     *
     * @param layer the block, from 0
     * @return a new array {@code [dInner, dConv - 1]}, oldest input first
     * @throws IndexOutOfBoundsException if there is no such layer
     */
    public float[] convState(int layer) {
        return transpose(conv[layer], shape.dConv() - 1);
    }

    /**
     * The state h of a layer's scan.
     *
     * @param layer the block, from 0
     * @return a new array {@code [dInner, dState]}
     * @throws IndexOutOfBoundsException if there is no such layer
     */
    public float[] ssmState(int layer) {
        return shape.ssmLayout().unpack(ssm[layer]);
    }

    /**
     * Overwrites this state with numbers that come from elsewhere, such as another implementation of the model.
     *
     * @param convStates for each layer what {@link #convState} gives, {@code [dInner, dConv - 1]}
     * @param ssmStates for each layer what {@link #ssmState} gives, {@code [dInner, dState]}
     * @param tokens how many tokens that state has taken in
     * @throws IllegalArgumentException if the sizes are not this state's, or the number is negative; nothing has changed
     *     then
     */
    public void set(float[][] convStates, float[][] ssmStates, long tokens) {
        requireSizes("convStates", convStates, shape.convSize());
        requireSizes("ssmStates", ssmStates, shape.ssmSize());
        if (tokens < 0) {
            throw new IllegalArgumentException("tokens: expected 0 or more, found " + tokens);
        }
        for (int i = 0; i < conv.length; i++) {
            transposeTo(conv[i], convStates[i], shape.dConv() - 1);
            System.arraycopy(shape.ssmLayout().pack(ssmStates[i]), 0, ssm[i], 0, ssm[i].length);
        }
        tokensConsumed = tokens;
        torn = false;
    }

    private void requireSizes(String name, float[][] layers, int size) {
        int[] found = Arrays.stream(layers).mapToInt(layer -> layer == null ? -1 : layer.length).toArray();
        if (found.length != shape.nLayer() || Arrays.stream(found).anyMatch(length -> length != size)) {
            throw new IllegalArgumentException(name + ": expected " + shape.nLayer() + " arrays of " + size + ", found "
                    + found.length + " of " + Arrays.toString(found));
        }
    }

    /** The way back from {@link #transpose}. */
    private void transposeTo(float[] target, float[] values, int rows) {
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < shape.dInner(); c++) {
                target[r * shape.dInner() + c] = values[c * rows + r];
            }
        }
    }

    /** From {@code [rows, dInner]}, as kernels want it, to {@code [dInner, rows]}, as the paper writes it. */
    private float[] transpose(float[] values, int rows) {
        float[] out = new float[values.length];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < shape.dInner(); c++) {
                out[c * rows + r] = values[r * shape.dInner() + c];
            }
        }
        return out;
    }

    /**
     * Writes this state, so that {@link #load(InputStream, MambaModel)} gives it back. The stream is not closed.
     *
     * @param out where to write to
     * @throws IOException if writing fails
     * @throws IllegalStateException if a call that failed left this state unusable
     */
    public void save(OutputStream out) throws IOException {
        requireWhole();
        StateFile.write(this, out);
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
        requireWhole();
        StateFile.write(this, file);
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
        return StateFile.read(in, model.stateShape(), "the stream");
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
        return StateFile.read(file, model.stateShape());
    }

    StateShape shape() {
        return shape;
    }

    /** A layer's convolution window, {@code [dConv - 1, dInner]}: the kernels' own array. */
    float[] conv(int layer) {
        return conv[layer];
    }

    /** A layer's h, in the order of {@link StateShape#ssmLayout}: the kernels' own array. */
    float[] ssm(int layer) {
        return ssm[layer];
    }

    void requireWhole() {
        if (torn) {
            throw new IllegalStateException("a call that failed left this state unusable; reset it or copy another one"
                    + " into it");
        }
    }

    /** A call begins to change the layers one after another. */
    void beginChange() {
        torn = true;
    }

    /** All layers have taken in the tokens. */
    void endChange(long tokens) {
        tokensConsumed += tokens;
        torn = false;
    }
}
