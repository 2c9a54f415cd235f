package io.github.mamba4j.kernels.linear;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.Bits;
import io.github.mamba4j.kernels.DType;
import io.github.mamba4j.kernels.KernelChoice;
import io.github.mamba4j.kernels.Kernels;
import io.github.mamba4j.kernels.Matrix;
import io.github.mamba4j.kernels.Scratch;
import io.github.mamba4j.kernels.Stored;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The matrix product's definition, with values worked out by hand. */
class MatmulTest {
    /** The first float whose sum with 1 is itself. */
    private static final float BIG = 0x1p24f;

    private final Kernels kernels = KernelChoice.fromSystemProperty().load();
    private final Scratch scratch = new Scratch();

    /** Multiplies in all formats, as one of few and as one of many rows and outputs. */
    private void assertDot(float expected, float[] w, float[] x) {
        for (DType dtype : Stored.FORMATS) {
            for (int rows : new int[]{1, 2, 13}) {
                for (int outs : new int[]{1, 35}) {
                    Matrix m = Stored.of(Stored.encode(repeat(w, outs), dtype), dtype, outs, w.length,
                            Stored.Place.NATIVE);
                    Activations y = Activations.allocate(rows, outs);
                    kernels.linear().matmul(m, 0, outs, new Activations(repeat(x, rows), rows, x.length), 0, y, 0, 0,
                            rows,
                            scratch);
                    float[] all = new float[rows * outs];
                    Arrays.fill(all, expected);
                    Bits.assertSame(all, y.data(), dtype + ", " + rows + " rows, " + outs + " outputs");
                }
            }
        }
    }

    private static float[] repeat(float[] x, int times) {
        float[] all = new float[x.length * times];
        for (int i = 0; i < all.length; i++) {
            all[i] = x[i % x.length];
        }
        return all;
    }

    private static float[] ones(int count) {
        float[] x = new float[count];
        Arrays.fill(x, 1f);
        return x;
    }

    @Test
    void rowsTimesRowsOfWeights() {
        for (DType dtype : Stored.FORMATS) {
            float[] weights = {1, 2, 3, -4, 0.5f, 6};
            Matrix w = Stored.of(Stored.encode(weights, dtype), dtype, 2, 3, Stored.Place.HEAP_BYTES_1);
            Activations x = new Activations(new float[]{1, 10, 100, 2, 0, -1}, 2, 3);
            Activations y = Activations.allocate(2, 2);
            kernels.linear().matmul(w, 0, 2, x, 0, y, 0, 0, 2, scratch);
            Bits.assertSame(new float[]{321, 601, -1, -14}, y.data(), dtype);
        }
    }

    @Test
    void sumsOfSmallWholeNumbersAreExact() {
        for (int k : new int[]{1, 15, 16, 17, 100, 1025}) {
            float[] w = new float[k];
            int sum = 0;
            for (int i = 0; i < k; i++) {
                w[i] = i % 7 - 2;
                sum += i % 7 - 2;
            }
            assertDot(sum, w, ones(k));
        }
    }

    @Test
    void lanesAreFoldedInHalvesFromEightDown() {
        for (int half = 8; half > 0; half /= 2) {
            // The large values meet when lanes j and j + half are added; ones that were added before would be lost.
            float[] x = new float[16];
            x[0] = BIG;
            x[half] = -BIG;
            Arrays.fill(x, 1, half, 1f);
            assertDot(half - 1, ones(16), x);
        }
    }

    @Test
    void aLaneTakesEverySixteenthElement() {
        float[] x = new float[32];
        x[0] = BIG;
        x[8] = 1;
        x[16] = -BIG;
        x[24] = 1;
        // Eight lanes would lose the first 1.
        assertDot(2, ones(32), x);
    }

    @Test
    void aLaneAddsInOrder() {
        float[] x = new float[80];
        x[0] = BIG;
        x[16] = 1;
        x[32] = -BIG;
        x[48] = 1;
        // Two or four sums beside each other would keep both ones.
        assertDot(1, ones(80), x);
    }

    @Test
    void aLaneAddsInOrderAcrossLongDistances() {
        for (int last : new int[]{1008, 1024, 2048, 4096, 5104}) {
            float[] x = new float[5120];
            x[0] = BIG;
            x[512] = 1;
            x[last] = -BIG;
            assertDot(0, ones(5120), x);
        }
    }

    @Test
    void productsAreNotRoundedBeforeTheyAreAdded() {
        float[] w = new float[17];
        float[] x = new float[17];
        w[0] = -1;
        x[0] = 1;
        // (1 + 2^-7)(1 + 2^-17) = 1 + 2^-7 + 2^-17 + 2^-24, whose last term a float next to 1 has no room for.
        w[16] = 1 + 0x1p-7f;
        x[16] = 1 + 0x1p-17f;
        assertDot(0x1p-7f + 0x1p-17f + 0x1p-24f, w, x);
    }

    @Test
    void zerosPadASumToAMultipleOfSixteen() {
        for (int k = 1; k <= 64; k++) {
            float[] w = new float[k];
            float[] x = new float[k];
            Arrays.fill(w, -0x1p-14f);
            Arrays.fill(x, Float.MIN_VALUE);
            // Each product vanishes and leaves -0; the padding turns that into +0 in its lanes.
            assertDot(k % 16 == 0 ? -0f : 0f, w, x);
        }
    }

    @Test
    void nanAndInfinityAreSeenInTheResult() {
        float[] x = ones(40);
        x[37] = Float.NaN;
        assertDot(Float.NaN, ones(40), x);
        x[37] = Float.NEGATIVE_INFINITY;
        assertDot(Float.NEGATIVE_INFINITY, ones(40), x);
        x[5] = Float.POSITIVE_INFINITY;
        assertDot(Float.NaN, ones(40), x);
    }

    @Test
    void rowsAreWidenedExactly() {
        short[] f16 = {0x0001, (short) 0x8000, 0x3c00, 0x7bff, 0x7c00, 0x03ff};
        Activations y = Activations.allocate(1, 6);
        kernels.rows().widenRow(new Matrix(MemorySegment.ofArray(f16), DType.F16, 1, 6), 0, 1f, y, 0);
        Bits.assertSame(new float[]{0x1p-24f, -0f, 1f, 65504f, Float.POSITIVE_INFINITY, 1023 * 0x1p-24f}, y.data(),
                "F16");
        short[] bf16 = {0x0001, (short) 0x8000, 0x3f80, 0x7f7f, (short) 0xff80, 0x4049};
        kernels.rows().widenRow(new Matrix(MemorySegment.ofArray(bf16), DType.BF16, 1, 6), 0, 1f, y, 0);
        Bits.assertSame(new float[]{0x1p-133f, -0f, 1f, 0x1.fep127f, Float.NEGATIVE_INFINITY, 3.140625f}, y.data(),
                "BF16");
    }

    /** The file is sparse: only its last page takes space. */
    @Test
    void offsetsBeyondTwoGigabytesAreReached(@TempDir Path folder) throws Exception {
        int rows = 1 << 20;
        int cols = 520;
        try (Arena arena = Arena.ofConfined();
                FileChannel file = FileChannel.open(folder.resolve("large"), StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.SPARSE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MemorySegment data = file.map(FileChannel.MapMode.READ_WRITE, 0, 4L * rows * cols, arena);
            data.set(ValueLayout.JAVA_FLOAT, data.byteSize() - 4, 3f);
            Matrix w = new Matrix(data, DType.F32, rows, cols);
            for (int tokens : new int[]{1, 9}) {
                Activations x = new Activations(ones(tokens * cols), tokens, cols);
                Activations y = Activations.allocate(tokens, 2);
                kernels.linear().matmul(w, rows - 2, rows, x, 0, y, 2 - rows, 0, tokens, scratch);
                Bits.assertSame(repeat(new float[]{0, 3}, tokens), y.data(), tokens + " rows");
            }
        }
    }
}
