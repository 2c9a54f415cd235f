package io.github.mamba4j.engine;

import io.github.mamba4j.kernels.Matrix;
import io.github.mamba4j.weights.MambaConfig;
import io.github.mamba4j.weights.MambaWeights;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Tells models apart, so that a saved state is not continued by another one: the first 8 bytes of a SHA-256 over the
 * dimensions, the stored formats, all vectors, and a sample of each matrix. A sample, because reading gigabytes before
 * the first token would cost more than it is worth; no two trainings agree in it.
 */
final class Fingerprint {
    private static final int SAMPLES = 8;
    private static final int SAMPLE_BYTES = 64;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MessageDigest digest;

    private Fingerprint() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    static long of(MambaWeights weights) {
        var fingerprint = new Fingerprint();
        fingerprint.add(weights.config());
        fingerprint.add(weights.embedding());
        weights.layers().forEach(fingerprint::add);
        fingerprint.add(weights.normF());
        fingerprint.add(weights.lmHead());
        return MemorySegment.ofArray(fingerprint.digest.digest()).get(ValueLayout.JAVA_LONG_UNALIGNED
                .withOrder(ByteOrder.LITTLE_ENDIAN), 0);
    }

    private void add(MambaConfig c) {
        add(new float[]{c.vocabSize(), c.dModel(), c.nLayer(), c.dInner(), c.dState(), c.dConv(), c.dtRank(),
                c.normEps()});
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

    private void add(float[] values) {
        byte[] bytes = new byte[values.length * Float.BYTES];
        MemorySegment.copy(values, 0, MemorySegment.ofArray(bytes), FLOAT, 0, values.length);
        digest.update(bytes);
    }

    private void add(Matrix matrix) {
        digest.update((byte) matrix.dtype().ordinal());
        long size = matrix.data().byteSize();
        int length = (int) Math.min(SAMPLE_BYTES, size);
        for (int i = 0; i < SAMPLES; i++) {
            long offset = (size - length) * i / (SAMPLES - 1);
            digest.update(matrix.data().asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE));
        }
    }
}
