package io.github.mamba4j.engine.state;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The window of a causal convolution, and the state h of a recurrence. */
public final class RecurrentState implements LayerState {
    private final RecurrentSpec spec;
    private final float[] conv;
    private final float[] h;

    RecurrentState(RecurrentSpec spec) {
        this.spec = spec;
        conv = new float[Math.multiplyExact(spec.taps(), spec.channels())];
        h = new float[spec.packedSize()];
    }

    /**
     * The last inputs of the convolution, {@code [taps, channels]}, the oldest first.
     *
     * @return the kernels' own array
     */
    public float[] conv() {
        return conv;
    }

    /**
     * The state h, in the order of the kernels.
     *
     * @return the kernels' own array
     */
    public float[] h() {
        return h;
    }

    @Override
    public void reset() {
        Arrays.fill(conv, 0f);
        Arrays.fill(h, 0f);
    }

    @Override
    public void copyFrom(LayerState other) {
        RecurrentState that = (RecurrentState) other;
        System.arraycopy(that.conv, 0, conv, 0, conv.length);
        System.arraycopy(that.h, 0, h, 0, h.length);
    }

    @Override
    public long byteSize() {
        return Float.BYTES * ((long) conv.length + h.length);
    }

    @Override
    public boolean contentEquals(LayerState other) {
        return other instanceof RecurrentState that && Arrays.equals(conv, that.conv) && Arrays.equals(h, that.h);
    }

    @Override
    public List<StateTensor> save() {
        List<StateTensor> shapes = shapes(0);
        List<StateTensor> tensors = new ArrayList<>();
        tensors.add(new StateTensor("conv", shapes.getFirst().shape(), transposed(conv, spec.taps(), spec.channels())));
        if (h.length > 0) {
            tensors.add(new StateTensor("ssm", spec.shape(), spec.unpack().apply(h)));
        }
        return tensors;
    }

    @Override
    public void load(List<StateTensor> tensors) {
        float[] window = transposed(tensors.getFirst().values(), spec.channels(), spec.taps());
        System.arraycopy(window, 0, conv, 0, conv.length);
        if (h.length > 0) {
            System.arraycopy(spec.pack().apply(tensors.get(1).values()), 0, h, 0, h.length);
        }
    }

    @Override
    public List<StateTensor> shapes(long position) {
        var window = new StateTensor("conv", List.of(spec.channels(), spec.taps()), new float[0]);
        return h.length == 0 ? List.of(window) : List.of(window, new StateTensor("ssm", spec.shape(), new float[0]));
    }

    /** From {@code [rows, cols]} to {@code [cols, rows]}. */
    private static float[] transposed(float[] values, int rows, int cols) {
        float[] out = new float[values.length];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < cols; c++) {
                out[c * rows + r] = values[r * cols + c];
            }
        }
        return out;
    }
}
