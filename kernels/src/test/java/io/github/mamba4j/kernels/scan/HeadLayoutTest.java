package io.github.mamba4j.kernels.scan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.mamba4j.kernels.Bits;
import io.github.mamba4j.kernels.Values;
import java.util.BitSet;
import org.junit.jupiter.api.Test;

class HeadLayoutTest {
    @Test
    void statesOfALaneAreNeighbours() {
        int[] order = {0, 16, 32, 1, 17, 33, 2, 18, 34, 3, 19, 4, 20};
        for (int i = 0; i < order.length; i++) {
            assertEquals(i, HeadLayout.rank(order[i], 35));
        }
        for (int n = 0; n < 16; n++) {
            assertEquals(n, HeadLayout.rank(n, 16));
        }
        assertEquals(4, HeadLayout.rank(4, 5));
    }

    @Test
    void blocksOfSixteenChannelsHaveARowForEachState() {
        assertEquals(2 * 32 * 3, HeadLayout.size(2, 20, 3));
        assertEquals(0, HeadLayout.index(20, 3, 0, 0, 0));
        assertEquals(15, HeadLayout.index(20, 3, 0, 15, 0));
        assertEquals(16, HeadLayout.index(20, 3, 0, 0, 1));
        assertEquals(48, HeadLayout.index(20, 3, 0, 16, 0));
        assertEquals(48 + 32 + 3, HeadLayout.index(20, 3, 0, 19, 2));
        assertEquals(96 + 16 + 1, HeadLayout.index(20, 3, 1, 1, 1));
    }

    @Test
    void everyStateHasAPlaceOfItsOwn() {
        for (int channels : new int[]{1, 15, 16, 17, 64}) {
            for (int states : new int[]{1, 5, 16, 31, 32, 128}) {
                var taken = new BitSet();
                for (int h = 0; h < 3; h++) {
                    for (int c = 0; c < channels; c++) {
                        for (int n = 0; n < states; n++) {
                            taken.set(HeadLayout.index(channels, states, h, c, n));
                        }
                    }
                }
                assertEquals(3 * channels * states, taken.cardinality());
                assertEquals(true, taken.length() <= HeadLayout.size(3, channels, states));
            }
        }
    }

    @Test
    void packedArraysAreUnpackedAgain() {
        float[] values = new Values(1).normal(3 * 20 * 35);
        for (boolean transposed : new boolean[]{false, true}) {
            float[] packed = HeadLayout.pack(values, 3, 20, 35, transposed);
            Bits.assertSame(values, HeadLayout.unpack(packed, 3, 20, 35, transposed), "values");
            int plain = transposed ? (2 * 35 + 33) * 20 + 7 : (2 * 20 + 7) * 35 + 33;
            assertEquals(values[plain], packed[HeadLayout.index(20, 35, 2, 7, 33)]);
        }
    }
}
