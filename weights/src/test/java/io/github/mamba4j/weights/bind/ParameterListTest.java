package io.github.mamba4j.weights.bind;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.mamba4j.kernels.DType;
import io.github.mamba4j.kernels.Matrix;
import io.github.mamba4j.weights.ModelWeights;
import io.github.mamba4j.weights.config.BlockConfig;
import io.github.mamba4j.weights.config.Mamba1Config;
import io.github.mamba4j.weights.config.ModelConfig;
import io.github.mamba4j.weights.config.Multipliers;
import io.github.mamba4j.weights.config.Presets;
import io.github.mamba4j.weights.file.InputFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParameterListTest {
    /** Bytes of the largest matrix of the presets in BF16. */
    private static final long LARGEST = 2L * 50280 * 2560;

    /** Parameters without values: all matrices lie over the same pages, which nobody reads. */
    private record Shapes(MemorySegment pages) implements Parameters {
        @Override
        public Matrix matrix(String name, int rows, int cols, Role role) {
            return new Matrix(pages.asSlice(0, 2L * rows * cols), DType.BF16, rows, cols);
        }

        @Override
        public float[] vector(String name, Fill fill, int... shape) {
            return new float[Arrays.stream(shape).reduce(1, Math::multiplyExact)];
        }
    }

    private static ModelConfig small(boolean tied, boolean bias) {
        var mixer = new Mamba1Config(6, 2, 4, 1, bias, bias);
        return new ModelConfig("Mamba-1", 10, 3, 1e-5f, tied, Multipliers.NONE, List.of(BlockConfig.mixer(0, mixer)));
    }

    private static ParameterList parameters(ModelConfig config) {
        return ModelWeights.random(config, DType.BF16, 1).parameters();
    }

    /** The counts of the published checkpoints. */
    @ParameterizedTest
    @CsvSource({"mamba-130m, 129135360", "mamba-370m, 371516416", "mamba-790m, 793204224", "mamba-1.4b, 1372178432",
            "mamba-2.8b, 2768345600"})
    void countsThePublishedModels(String name, long parameters, @TempDir Path folder) throws IOException {
        Path hole = folder.resolve("hole");
        try (FileChannel channel = FileChannel.open(hole, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE,
                StandardOpenOption.SPARSE)) {
            channel.write(ByteBuffer.allocate(1), LARGEST - 1);
        }
        try (Arena arena = Arena.ofConfined()) {
            Parameters shapes = new Shapes(InputFile.map(hole, arena));
            assertEquals(parameters, ModelWeights.bind(Presets.of(name), shapes).parameters().count());
        }
    }

    @Test
    void refusesAnUnknownPreset() {
        var e = assertThrows(IllegalArgumentException.class, () -> Presets.of("mamba-7b"));
        assertEquals("expected a preset of " + String.join(", ", Presets.names()) + "; found 'mamba-7b'",
                e.getMessage());
    }

    @Test
    void listsWhatTheModelAskedForInOrder() {
        ParameterList list = parameters(small(false, true));
        String mixer = "layers.0.mixer.";
        assertEquals(List.of("embedding.weight", "layers.0.norm.weight", mixer + "in_proj.weight",
                mixer + "in_proj.bias", mixer + "conv1d.weight", mixer + "conv1d.bias", mixer + "x_proj.weight",
                mixer + "dt_proj.weight", mixer + "dt_proj.bias", mixer + "A", mixer + "D", mixer + "out_proj.weight",
                mixer + "out_proj.bias", "norm_f.weight", "lm_head.weight"),
                list.all().stream().map(Parameter::name).toList());
        Parameter a = list.all().get(9);
        assertEquals(List.of(6, 2), a.shape());
        assertEquals(12, a.count());
        assertEquals(DType.F32, a.dtype());
        assertEquals(Role.EXACT, a.role());
        assertEquals(Role.HEAD, list.all().getLast().role());
        assertThrows(UnsupportedOperationException.class, () -> list.all().clear());
    }

    /** Matrices of 10 x 3, 12 x 3, 5 x 6, 6 x 1 and 3 x 6; vectors of 3, 6 x 4, 6, 6 x 2, 6 and 3. */
    @Test
    void countsBytes() {
        long matrices = 2 * (10 * 3 + 12 * 3 + 5 * 6 + 6 + 3 * 6);
        long vectors = 4 * (3 + 6 * 4 + 6 + 6 * 2 + 6 + 3);
        ParameterList tied = parameters(small(true, false));
        assertEquals(Map.of(DType.BF16, matrices, DType.F32, vectors), tied.bytesByFormat());
        assertEquals(matrices + vectors, tied.stepBytes());
        assertEquals(matrices / 2 + vectors / 4, tied.count());
        // A head of its own is read whole, and the embedding no more.
        ParameterList untied = parameters(small(false, false));
        assertEquals(matrices + 2 * 10 * 3, untied.bytesByFormat().get(DType.BF16));
        assertEquals(matrices + vectors, untied.stepBytes());
    }

    @Test
    void rolesSayWhichFormatsAreAllowed() {
        Set<Role> converts = EnumSet.allOf(Role.class);
        converts.removeIf(role -> !role.converts());
        Set<Role> quantises = EnumSet.allOf(Role.class);
        quantises.removeIf(role -> !role.quantises());
        assertEquals(EnumSet.of(Role.EMBEDDING, Role.HEAD, Role.PROJECTION, Role.SMALL_PROJECTION), converts);
        assertEquals(EnumSet.of(Role.EMBEDDING, Role.HEAD, Role.PROJECTION), quantises);
    }
}
