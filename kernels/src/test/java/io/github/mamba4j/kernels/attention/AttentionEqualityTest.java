package io.github.mamba4j.kernels.attention;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.Bits;
import io.github.mamba4j.kernels.Scratch;
import io.github.mamba4j.kernels.Values;
import org.junit.jupiter.api.Test;

/** The fast attention gives the bits of the scalar one. */
class AttentionEqualityTest {
    private final Attention scalar = Attention.scalar();
    private final Attention vector = Attention.vector();
    private final Scratch scratch = new Scratch();

    private void check(AttentionShape s, KeysAndValues kv, Activations q, int from, int count, Object what) {
        Activations expected = Activations.allocate(q.rows(), q.cols());
        Activations actual = Activations.allocate(q.rows(), q.cols());
        scalar.attend(s, q, kv.keys(), kv.values(), from, expected, from, count, 0, s.heads(), scratch);
        vector.attend(s, q, kv.keys(), kv.values(), from, actual, from, count, 0, s.heads(), scratch);
        Bits.assertSame(expected.data(), actual.data(), what);
    }

    @Test
    void everyWidthOfHeadsAndNumberOfPositions() {
        Values v = new Values(1);
        for (int headDim : new int[]{1, 8, 16, 17, 32, 48, 64, 80, 96, 112, 128, 256}) {
            for (int positions : new int[]{1, 2, 15, 16, 17, 63, 64, 65, 130}) {
                var layout = new KeyValueLayout(v.between(1, 3), headDim);
                var s = new AttentionShape(layout.heads() * v.between(1, 4), layout, v.gauss(0, 1));
                var kv = KeysAndValues.random(layout, positions, v);
                int from = v.between(Math.max(0, positions - 8), positions - 1);
                check(s, kv, v.activations(positions, s.width()), from, positions - from,
                        headDim + ", " + positions + ", " + s);
            }
        }
    }

    /** More query heads on a key head than a tile has queries. */
    @Test
    void manyHeads() {
        Values v = new Values(2);
        var layout = new KeyValueLayout(2, 16);
        var s = new AttentionShape(2 * 70, layout, 0.25f);
        check(s, KeysAndValues.random(layout, 100, v), v.activations(100, s.width()), 0, 100, "many heads");
    }

    @Test
    void wildAndBrokenValues() {
        Values v = new Values(3);
        var layout = new KeyValueLayout(2, 32);
        var s = new AttentionShape(4, layout, 0.1f);
        for (int i = 0; i < 60; i++) {
            boolean broken = i % 2 == 0;
            int n = 70 * layout.width();
            var kv = KeysAndValues.of(layout, new Activations(broken ? v.broken(n) : v.wild(n), 70, layout.width()),
                    new Activations(broken ? v.broken(n) : v.wild(n), 70, layout.width()));
            var q = new Activations(v.wild(70 * s.width()), 70, s.width());
            check(s, kv, q, 0, 70, broken);
        }
    }

    @Test
    void rotation() {
        Values v = new Values(4);
        for (int i = 0; i < 300; i++) {
            var rope = new Rope(2 * v.between(1, 40), v.between(2, 1_000_000), v.oneOf(Rope.Pairing.values()));
            int headDim = rope.dims() + v.between(0, 20);
            int heads = v.between(1, 4);
            int position = v.between(0, 300);
            int rows = v.between(1, 70);
            rope.reach(position, rows);
            int col = v.between(0, 5);
            Activations x = v.activations(rows + 1, col + heads * headDim + v.between(0, 5));
            Activations expected = Values.copy(x);
            Activations actual = Values.copy(x);
            scalar.rotate(rope, expected, col, heads, headDim, position, 1, rows);
            vector.rotate(rope, actual, col, heads, headDim, position, 1, rows);
            Bits.assertSame(expected.data(), actual.data(), i);
            Bits.assertUntouched(x.data(), actual.data(), x.cols(), 1, rows + 1, col, col + heads * headDim, i);
        }
    }
}
