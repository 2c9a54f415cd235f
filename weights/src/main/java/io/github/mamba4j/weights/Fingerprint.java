package io.github.mamba4j.weights;

import io.github.mamba4j.kernels.Matrix;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Tells models apart: the first 8 bytes of SHA-256 over what the configuration says of the arithmetic, and over the
 * format, the shape, and the first and last 4 KB of every parameter in a fixed order. The same for a model however its
 * files are laid out; another one after a conversion, which changes the results.
 */
final class Fingerprint {
    private static final int SAMPLE_BYTES = 4096;

    private final MessageDigest digest;

    private Fingerprint() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    static long of(MambaWeights weights) {
        Fingerprint print = new Fingerprint();
        MambaConfig config = weights.config();
        print.add(1, config.vocabSize(), config.dModel(), config.nLayer(), config.dInner(), config.dState(),
                config.dConv(), config.dtRank(), config.useBias() ? 1 : 0, config.useConvBias() ? 1 : 0,
                config.tieEmbeddings() ? 1 : 0, Float.floatToIntBits(config.normEps()));
        print.add(weights.embedding());
        for (MambaWeights.Layer layer : weights.layers()) {
            print.add(layer);
        }
        print.add(weights.normF());
        print.add(weights.lmHead());
        return ByteBuffer.wrap(print.digest.digest()).getLong();
    }

    private void add(MambaWeights.Layer layer) {
        add(layer.norm());
        add(layer.inProj());
        add(layer.inProjBias());
        add(layer.convWeight());
        add(layer.convBias());
        add(layer.xProj());
        add(layer.dtProj());
        add(layer.dtBias());
        add(layer.aLog());
        add(layer.d());
        add(layer.outProj());
        add(layer.outProjBias());
    }

    private void add(Matrix matrix) {
        digest.update(matrix.dtype().name().getBytes(StandardCharsets.US_ASCII));
        add(matrix.rows(), matrix.cols());
        sample(matrix.data());
    }

    private void add(float[] values) {
        add(values.length);
        int head = Math.min(SAMPLE_BYTES / Float.BYTES, values.length);
        add(values, 0, head);
        int tail = Math.min(SAMPLE_BYTES / Float.BYTES, values.length - head);
        add(values, values.length - tail, tail);
    }

    private void add(float[] values, int from, int count) {
        ByteBuffer bytes = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values, from, count);
        digest.update(bytes);
    }

    private void sample(MemorySegment data) {
        long head = Math.min(SAMPLE_BYTES, data.byteSize());
        digest.update(data.asSlice(0, head).toArray(ValueLayout.JAVA_BYTE));
        long tail = Math.min(SAMPLE_BYTES, data.byteSize() - head);
        digest.update(data.asSlice(data.byteSize() - tail).toArray(ValueLayout.JAVA_BYTE));
    }

    private void add(int... numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(numbers.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(numbers);
        digest.update(bytes);
    }
}
