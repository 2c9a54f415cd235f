package io.github.mamba4j.weights.bind;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mamba4j.kernels.DType;
import io.github.mamba4j.kernels.Matrix;
import io.github.mamba4j.weights.CheckpointException;
import io.github.mamba4j.weights.Warnings;
import io.github.mamba4j.weights.bind.Source.Gather;
import io.github.mamba4j.weights.bind.Source.Slab;
import io.github.mamba4j.weights.bind.Source.Slice;
import io.github.mamba4j.weights.bind.Source.Values;
import io.github.mamba4j.weights.file.Tensor;
import io.github.mamba4j.weights.file.safetensors.SafetensorsBytes;
import java.lang.foreign.Arena;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StoredParametersTest {
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();

    private Tensor put(String name, List<Long> shape, float... values) {
        Tensor tensor = SafetensorsBytes.tensor(name, DType.F32, shape, values);
        tensors.put(name, tensor);
        return tensor;
    }

    /** The values 0, 1, 2, ... */
    private Tensor count(String name, Long... shape) {
        int size = Math.toIntExact(List.of(shape).stream().reduce(1L, Math::multiplyExact));
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = i;
        }
        return put(name, List.of(shape), values);
    }

    private StoredParameters stored(Naming naming) {
        return stored(naming, Optional.empty());
    }

    private StoredParameters stored(Naming naming, Optional<DType> convertTo) {
        return new StoredParameters("f", tensors, naming, convertTo, Arena.ofAuto());
    }

    private StoredParameters stored(Source source) {
        return stored(name -> List.of(source));
    }

    private static Naming byName() {
        return name -> List.of(Source.of(name));
    }

    private static float[] values(Matrix matrix) {
        float[] values = new float[matrix.rows() * matrix.cols()];
        for (int i = 0; i < values.length; i++) {
            values[i] = matrix.get(i / matrix.cols(), i % matrix.cols());
        }
        return values;
    }

    @Test
    void takesNeighbouringRowsInPlace() throws CheckpointException {
        Tensor fused = count("qkv", 5L, 2L);
        Source source = Source.of("qkv").cut(new Slice(1, 5));
        Matrix matrix = stored(source).matrix("k", 3, 2, Role.PROJECTION);
        assertArrayEquals(new float[]{2, 3, 4, 5, 6, 7}, values(matrix));
        assertEquals(fused.data().asSlice(8, 24), matrix.data());
        assertArrayEquals(new float[]{2, 3, 4, 5}, stored(source).vector("k", Fill.BIAS, 2, 2));
        assertEquals("f: tensor 'qkv': expected shape [5, 3], found [5, 2]", assertThrows(CheckpointException.class,
                () -> stored(source).matrix("k", 3, 3, Role.PROJECTION)).getMessage());
        Source other = Source.of("qkv").cut(new Slice(1, 6));
        assertEquals("f: tensor 'qkv': expected shape [6, 2], found [5, 2]", assertThrows(CheckpointException.class,
                () -> stored(other).matrix("k", 3, 2, Role.PROJECTION)).getMessage());
    }

    @Test
    void takesRowsOfOneOfSeveralMatrices() throws CheckpointException {
        Tensor experts = count("experts", 3L, 4L, 2L);
        Source source = Source.of("experts").cut(new Slab(1, 3, 2, 4));
        Matrix matrix = stored(source).matrix("up", 2, 2, Role.PROJECTION);
        assertArrayEquals(new float[]{12, 13, 14, 15}, values(matrix));
        assertEquals(experts.data().asSlice(48, 16), matrix.data());
        Source whole = Source.of("experts").cut(new Slab(2, 3, 0, 4));
        assertArrayEquals(new float[]{16, 17, 18, 19, 20, 21, 22, 23},
                values(stored(whole).matrix("up", 4, 2, Role.PROJECTION)));
        assertEquals("f: tensor 'experts': expected shape [3, 4, 5], found [3, 4, 2]",
                assertThrows(CheckpointException.class, () -> stored(source).matrix("up", 2, 5, Role.PROJECTION))
                        .getMessage());
    }

    @Test
    void takesRowsInAnotherOrder() throws CheckpointException {
        count("w", 4L, 2L);
        Source source = Source.of("w").cut(new Gather(new int[]{3, 0, 2}, 4));
        assertArrayEquals(new float[]{6, 7, 0, 1, 4, 5}, values(stored(source).matrix("w", 3, 2, Role.PROJECTION)));
        assertArrayEquals(new float[]{6, 7, 0, 1, 4, 5}, stored(source).vector("w", Fill.BIAS, 3, 2));
        StoredParameters rounded = stored(name -> List.of(source), Optional.of(DType.BF16));
        Matrix matrix = rounded.matrix("w", 3, 2, Role.PROJECTION);
        assertEquals(DType.BF16, matrix.dtype());
        assertArrayEquals(new float[]{6, 7, 0, 1, 4, 5}, values(matrix));
        assertEquals(DType.F32, rounded.matrix("w", 3, 2, Role.EXACT).dtype());
    }

    @Test
    void changesValues() throws CheckpointException {
        put("v", List.of(4L), 0, (float) Math.log(3), -1, 88);
        assertArrayEquals(new float[]{-1, (float) -StrictMath.exp((float) Math.log(3)),
                (float) -StrictMath.exp(-1), (float) -StrictMath.exp(88)},
                stored(Source.of("v").with(Values.NEGATIVE_EXP)).vector("A", Fill.DECAY, 4));
        assertArrayEquals(new float[]{1, (float) Math.log(3) + 1, 0, 89},
                stored(Source.of("v").with(Values.PLUS_ONE)).vector("norm", Fill.ONES, 4));
        // The file's own values stay.
        assertArrayEquals(new float[]{0, (float) Math.log(3), -1, 88},
                stored(Source.of("v")).vector("v", Fill.BIAS, 4));
    }

    @ParameterizedTest
    @CsvSource({"NaN, NaN, SAME", "Infinity, Infinity, SAME", "-Infinity, -Infinity, SAME", "NaN, NaN, NEGATIVE_EXP",
            "'100.0, which becomes -Infinity', 100, NEGATIVE_EXP", "Infinity, Infinity, PLUS_ONE"})
    void namesAVectorWithAValueThatIsNotFinite(String found, float value, Values values) {
        put("v", List.of(3L), 1, 2, value);
        assertEquals("f: tensor 'v': expected finite values, found " + found + " at index 2",
                assertThrows(CheckpointException.class,
                        () -> stored(Source.of("v").with(values)).vector("v", Fill.BIAS, 3)).getMessage());
    }

    @Test
    void refusesVectorsThatDoNotFitTheHeap() throws CheckpointException {
        count("v", 1L << 18);
        count("v2", 512L, 512L);
        var stored = new StoredParameters("f", tensors, byName(), Optional.empty(), Arena.ofAuto(), 3 << 20);
        for (int i = 0; i < 3; i++) {
            assertEquals(1 << 18, stored.vector("v", Fill.BIAS, 1 << 18).length);
        }
        assertEquals("f: tensor 'v': the vectors up to this one take 4 MB, expected at most 3 MB, three quarters of the"
                + " heap (the JVM's option -Xmx changes it)",
                assertThrows(CheckpointException.class,
                        () -> stored.vector("v", Fill.BIAS, 1 << 18)).getMessage());
        // A matrix stays where it is.
        assertEquals(512, stored.matrix("v2", 512, 512, Role.PROJECTION).rows());
    }

    @Test
    void cleansWhatItLogs() {
        count("\u001b]0;title\u0007\u001b[31m" + "x".repeat(5000), 1L);
        try (Warnings warnings = new Warnings()) {
            stored(byName()).warnOfUnused();
            String message = warnings.messages().getFirst();
            assertTrue(message.contains("such as '?]0;title??[31mxxx"), message);
            assertTrue(message.length() < 1200 && message.chars().noneMatch(c -> c < ' '), message);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", value = {"'4,1,2' | 8", "'4,2,1' | 8", "'1,4,2' | 8", "'4,2' | 8",
            "'2,4'| -", "'8' | -", "'4,2,2' | -"})
    void doesNotCountSizesOfOne(String sizes, Integer values) throws CheckpointException {
        count("conv", List.of(sizes.split(",")).stream().map(Long::valueOf).toArray(Long[]::new));
        if (values != null) {
            assertEquals(values, stored(Source.of("conv")).vector("conv", Fill.FILTER, 4, 2).length);
        } else {
            String message = assertThrows(CheckpointException.class,
                    () -> stored(Source.of("conv")).vector("conv", Fill.FILTER, 4, 2)).getMessage();
            assertEquals("f: tensor 'conv': expected shape [4, 2], found " + tensors.get("conv").shape(), message);
        }
    }

    @ParameterizedTest
    @CsvSource({"module.", "_orig_mod.", "module._orig_mod.", "_orig_mod.module.", "model."})
    void findsNamesBehindAWrapper(String wrapper) throws CheckpointException {
        count(wrapper + "embedding.weight", 2L, 2L);
        count(wrapper + "norm", 3L);
        count(wrapper + "other", 3L);
        StoredParameters stored = stored(byName());
        assertEquals(2, stored.matrix("embedding.weight", 2, 2, Role.EMBEDDING).rows());
        assertEquals(3, stored.vector("norm", Fill.ONES, 3).length);
        assertEquals("f: tensor '" + wrapper + "none' is missing; expected shape [3]",
                assertThrows(CheckpointException.class, () -> stored.vector("none", Fill.ONES, 3)).getMessage());
        try (Warnings warnings = new Warnings()) {
            stored.warnOfUnused();
            assertEquals(List.of("f: 1 tensors are not part of a model of this configuration and are not used, such as"
                    + " '" + wrapper + "other'"), warnings.messages());
        }
    }

    /** A class that wraps the layers and not the head has the head beside them. */
    @Test
    void findsAHeadBesideWrappedLayers() throws CheckpointException {
        count("lm_head.weight", 2L, 2L);
        count("model.embedding.weight", 2L, 2L);
        count("model.norm", 3L);
        Naming naming = name -> name.equals("embedding.weight")
                ? List.of(Source.of(name), Source.of("lm_head.weight"))
                : List.of(Source.of(name));
        StoredParameters stored = stored(naming);
        assertEquals("model.embedding.weight", stored.stored("embedding.weight").orElseThrow().name());
        assertEquals("lm_head.weight", stored.stored("lm_head.weight").orElseThrow().name());
        assertEquals(3, stored.vector("norm", Fill.ONES, 3).length);
        assertFalse(stored.stored("none").isPresent());
    }

    @Test
    void warnsOfNothingThatIsIgnoredOrLeftOut() {
        count("embedding.weight", 2L, 2L);
        count("visual.weight", 2L);
        StoredParameters stored = stored(new Naming() {
            @Override
            public List<Source> sources(String canonical) {
                return List.of(Source.of(canonical));
            }

            @Override
            public boolean ignores(String tensor) {
                return tensor.startsWith("visual.");
            }
        });
        stored.leaveOut("embedding.weight");
        try (Warnings warnings = new Warnings()) {
            stored.warnOfUnused();
            assertTrue(warnings.messages().isEmpty());
        }
    }
}
