package io.github.mamba4j.kernels.attention;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.Bits;
import io.github.mamba4j.kernels.Scratch;
import io.github.mamba4j.kernels.Values;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** What attention and rotary positions compute. */
class AttentionTest {
    private static final List<Attention> ALL = List.of(Attention.scalar(), Attention.vector());

    private final Scratch scratch = new Scratch();

    @ParameterizedTest
    @FieldSource("ALL")
    void theFirstRowSeesItsOwnValueAlone(Attention attention) {
        var kv = KeysAndValues.random(new KeyValueLayout(1, 16), 1, new Values(1));
        Activations q = new Values(2).activations(1, 16);
        Activations y = Activations.allocate(1, 16);
        attention.attend(new AttentionShape(1, kv.layout(), 1), q, kv.keys(), kv.values(), 0, y, 0, 1, 0, 1, scratch);
        assertArrayEquals(kv.v().data(), y.data());
    }

    /** Scores of 0 and ln 3 are weights of 1/4 and 3/4. */
    @ParameterizedTest
    @FieldSource("ALL")
    void weightsAreTheSoftmaxOfScaledScores(Attention attention) {
        var layout = new KeyValueLayout(1, 2);
        var kv = KeysAndValues.of(layout, new Activations(new float[]{0, 5, 2, 5}, 2, 2),
                new Activations(new float[]{8, 0, 4, -4}, 2, 2));
        var q = new Activations(new float[]{1, 0}, 1, 2);
        Activations y = Activations.allocate(1, 2);
        float scale = (float) (Math.log(3) / 2);
        attention.attend(new AttentionShape(1, layout, scale), q, kv.keys(), kv.values(), 1, y, 0, 1, 0, 1, scratch);
        assertArrayEquals(new float[]{5, -3}, y.data(), 1e-5f);
    }

    /** Binary64, the softmax over all positions at once. */
    @ParameterizedTest
    @FieldSource("ALL")
    void isCloseToThePlainFormulaInDoublePrecision(Attention attention) {
        Values v = new Values(3);
        for (int[] sizes : new int[][]{{6, 2, 16, 1}, {4, 4, 32, 63}, {3, 1, 64, 64}, {8, 2, 48, 65}, {5, 5, 7, 200}}) {
            int positions = sizes[3];
            var kv = KeysAndValues.random(new KeyValueLayout(sizes[1], sizes[2]), positions, v);
            var s = new AttentionShape(sizes[0], kv.layout(), 0.4f);
            Activations q = v.activations(positions, s.width());
            Activations y = v.activations(positions, s.width());
            attention.attend(s, q, kv.keys(), kv.values(), 0, y, 0, positions, 0, s.heads(), scratch);
            for (int t = 0; t < positions; t++) {
                for (int head = 0; head < s.heads(); head++) {
                    double[] expected = expected(s, q, kv, t, head);
                    for (int k = 0; k < sizes[2]; k++) {
                        assertEquals(expected[k], y.data()[y.index(t, head * sizes[2] + k)], 3e-6, t + ", " + head);
                    }
                }
            }
        }
    }

    private static double[] expected(AttentionShape s, Activations q, KeysAndValues kv, int t, int head) {
        int headDim = s.layout().headDim();
        int qAt = q.index(t, head * headDim);
        double[] y = new double[headDim];
        double sum = 0;
        for (int p = 0; p <= t; p++) {
            int at = kv.k().index(p, head / s.group() * headDim);
            double score = 0;
            for (int k = 0; k < headDim; k++) {
                score += (double) q.data()[qAt + k] * kv.k().data()[at + k];
            }
            double w = Math.exp(score * s.scale());
            sum += w;
            for (int k = 0; k < headDim; k++) {
                y[k] += w * kv.v().data()[at + k];
            }
        }
        for (int k = 0; k < headDim; k++) {
            y[k] /= sum;
        }
        return y;
    }

    /** Cut anywhere, in rows and in heads, the bits are the same; and what is not asked for stays. */
    @ParameterizedTest
    @FieldSource("ALL")
    void cutsChangeNothing(Attention attention) {
        Values v = new Values(4);
        for (int i = 0; i < 40; i++) {
            int positions = v.between(1, 150);
            var kv = KeysAndValues.random(new KeyValueLayout(v.between(1, 3), v.oneOf(new int[]{5, 16, 48})), positions,
                    v);
            var s = new AttentionShape(kv.layout().heads() * v.between(1, 5), kv.layout(), 0.3f);
            Activations q = v.activations(positions, s.width());
            Activations whole = Activations.allocate(positions, s.width());
            attention.attend(s, q, kv.keys(), kv.values(), 0, whole, 0, positions, 0, s.heads(), scratch);
            int from = v.between(0, positions - 1);
            int count = v.between(1, positions - from);
            int headFrom = v.between(0, s.heads() - 1);
            int headTo = v.between(headFrom + 1, s.heads());
            Activations before = v.activations(positions, s.width());
            Activations part = Values.copy(before);
            attention.attend(s, q, kv.keys(), kv.values(), from, part, from, count, headFrom, headTo, scratch);
            int headDim = kv.layout().headDim();
            Bits.assertUntouched(before.data(), part.data(), s.width(), from, from + count, headFrom * headDim,
                    headTo * headDim, i);
            Bits.assertUntouched(whole.data(), merged(whole, part, from, count, headFrom * headDim, headTo * headDim),
                    s.width(), 0, 0, 0, 0, i);
        }
    }

    private static float[] merged(Activations whole, Activations part, int from, int count, int colFrom, int colTo) {
        float[] merged = whole.data().clone();
        for (int r = from; r < from + count; r++) {
            System.arraycopy(part.data(), part.index(r, colFrom), merged, part.index(r, colFrom), colTo - colFrom);
        }
        return merged;
    }

    @Test
    void pagesGiveBackWhatWasStored() {
        var kv = KeysAndValues.random(new KeyValueLayout(3, 5), 130, new Values(5));
        assertArrayEquals(kv.k().data(), kv.layout().keyRows(kv.keys(), 130));
        assertArrayEquals(kv.v().data(), kv.layout().valueRows(kv.values(), 130));
    }

    @ParameterizedTest
    @FieldSource("ALL")
    void pairsAreTurnedByTheirAngles(Attention attention) {
        int position = 70;
        for (Rope.Pairing pairing : Rope.Pairing.values()) {
            var rope = new Rope(4, 100, pairing);
            rope.reach(position, 1);
            // Angles of 70 and 70 / 10; the last two elements are not turned.
            var x = new Activations(new float[]{9, 1, 2, 3, 4, 5, 6}, 1, 7);
            attention.rotate(rope, x, 1, 1, 6, position, 0, 1);
            double c0 = Math.cos(70);
            double s0 = Math.sin(70);
            double c1 = Math.cos(7);
            double s1 = Math.sin(7);
            double[] expected = pairing == Rope.Pairing.HALVES
                    ? new double[]{9, c0 - 3 * s0, 2 * c1 - 4 * s1, 3 * c0 + s0, 4 * c1 + 2 * s1, 5, 6}
                    : new double[]{9, c0 - 2 * s0, 2 * c0 + s0, 3 * c1 - 4 * s1, 4 * c1 + 3 * s1, 5, 6};
            for (int i = 0; i < 7; i++) {
                assertEquals(expected[i], x.data()[i], 1e-6, pairing + " " + i);
            }
        }
    }

    /** As Falcon-H1 has it: frequencies down to 1e-11, which float32 arithmetic would lose at a far position. */
    @ParameterizedTest
    @FieldSource("ALL")
    void farPositionsAndLargeBasesAreExact(Attention attention) {
        long position = 262_143;
        var rope = new Rope(64, 1e11, Rope.Pairing.HALVES);
        rope.reach(position, 1);
        float[] ones = new float[64];
        Arrays.fill(ones, 1f);
        var x = new Activations(ones, 1, 64);
        attention.rotate(rope, x, 0, 1, 64, position, 0, 1);
        for (int i = 0; i < 32; i++) {
            double angle = position * Math.pow(1e11, -i / 32.0);
            assertEquals(Math.cos(angle) - Math.sin(angle), x.data()[i], 2e-7, "pair " + i);
            assertEquals(Math.cos(angle) + Math.sin(angle), x.data()[32 + i], 2e-7, "pair " + i);
        }
    }

    @Test
    void refusesWhatDoesNotFit() {
        var kv = KeysAndValues.random(new KeyValueLayout(2, 16), 10, new Values(6));
        var s = new AttentionShape(4, kv.layout(), 1);
        Activations q = Activations.allocate(10, 64);
        Activations y = Activations.allocate(10, 64);
        for (Attention attention : ALL) {
            assertThrows(IllegalArgumentException.class,
                    () -> attention.attend(s, q, kv.keys(), kv.values(), 60, y, 0, 5, 0, 4, scratch));
            assertThrows(IllegalArgumentException.class,
                    () -> attention.attend(s, q, kv.keys(), kv.values(), 0, q, 0, 5, 0, 4, scratch));
            assertThrows(IndexOutOfBoundsException.class,
                    () -> attention.attend(s, q, kv.keys(), kv.values(), 0, y, 0, 11, 0, 4, scratch));
            assertThrows(IndexOutOfBoundsException.class,
                    () -> attention.attend(s, q, kv.keys(), kv.values(), 0, y, 0, 5, 0, 5, scratch));
            assertThrows(IllegalArgumentException.class,
                    () -> attention.rotate(new Rope(4, 1e4, Rope.Pairing.PAIRS), y, 0, 1, 16, 64, 0, 1));
        }
        assertThrows(IllegalArgumentException.class, () -> new AttentionShape(3, kv.layout(), 1));
        assertThrows(IllegalArgumentException.class, () -> new KeyValueLayout(1 << 20, 1 << 10));
        assertThrows(IllegalArgumentException.class, () -> new Rope(3, 1e4, Rope.Pairing.HALVES));
    }
}
