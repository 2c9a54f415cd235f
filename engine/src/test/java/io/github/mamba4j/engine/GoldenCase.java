package io.github.mamba4j.engine;

import io.github.mamba4j.weights.file.safetensors.SafetensorsFile;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** A small checkpoint with random weights, and what the reference implementation computed with it. */
public record GoldenCase(String name, Path folder) {
    /** Every option of a Mamba-1 block, every stored format, every layout of files. */
    public static final List<String> MAMBA_1 = List.of("mamba-base", "mamba-bias", "mamba-noconvbias", "mamba-odd",
            "mamba-widestate", "mamba-bf16", "mamba-f16", "mamba-sharded", "mamba-pytorch-bin", "mamba-ssm-original");
    /** These and the other families. */
    public static final List<String> NAMES = Stream
            .concat(MAMBA_1.stream(), Stream.of("falcon-mamba", "mamba2-base", "mamba2-groups", "mamba2-limit"))
            .toList();

    /** Hybrids, of which the reference gives what goes into each layer, and no states. */
    public static final List<String> HYBRIDS = List.of("granite-hybrid", "granite-hybrid-rope", "jamba-dense", "bamba",
            "nemotron-h", "lfm2", "lfm2-adjusted", "qwen35");

    public static GoldenCase of(String name) {
        URL resource = Objects.requireNonNull(GoldenCase.class.getResource("/golden/" + name), name);
        try {
            return new GoldenCase(name, Path.of(resource.toURI()));
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    public MambaModel load() throws IOException {
        return MambaModel.load(folder);
    }

    public MambaModel load(ModelOptions options) throws IOException {
        return MambaModel.load(folder, options);
    }

    /** All values of an expected tensor, and how many belong to one row of the batch. */
    public Values expected(String tensor) throws IOException {
        try (var file = SafetensorsFile.open(folder.resolve("expected.safetensors"))) {
            var t = file.tensor(tensor);
            return new Values(t.toFloats(), t.shape().get(0).intValue());
        }
    }

    /** Integers {@code [batch, length]}, a row each. */
    public int[][] expectedIds(String tensor) throws IOException {
        try (var file = SafetensorsFile.open(folder.resolve("expected.safetensors"))) {
            var t = file.tensor(tensor);
            int[] ids = Arrays.stream(t.toLongs()).mapToInt(Math::toIntExact).toArray();
            int length = t.shape().get(1).intValue();
            int[][] rows = new int[t.shape().get(0).intValue()][];
            for (int b = 0; b < rows.length; b++) {
                rows[b] = Arrays.copyOfRange(ids, b * length, (b + 1) * length);
            }
            return rows;
        }
    }

    /** Floats of which each sequence of the batch has an equal part. */
    public record Values(float[] all, int batch) {
        public float[] of(int sequence) {
            int size = all.length / batch;
            return Arrays.copyOfRange(all, sequence * size, (sequence + 1) * size);
        }
    }
}
