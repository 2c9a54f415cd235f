package io.github.mamba4j.kernels.scan;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.mamba4j.kernels.Values;
import java.util.BitSet;
import org.junit.jupiter.api.Test;

class ScanLayoutTest {
    @Test
    void blocksOfSixteenChannelsHaveARowForEachState() {
        var layout = new ScanLayout(37, 3);
        assertEquals(111, layout.size());
        assertEquals(0, layout.index(0, 0));
        assertEquals(15, layout.index(0, 15));
        assertEquals(16, layout.index(1, 0));
        assertEquals(47, layout.index(2, 15));
        assertEquals(48, layout.index(0, 16));
        assertEquals(48 + 2 * 16 + 7, layout.index(2, 23));
    }

    @Test
    void theLastBlockIsAsWideAsItHasChannels() {
        var layout = new ScanLayout(37, 3);
        assertEquals(96, layout.index(0, 32));
        assertEquals(96 + 5, layout.index(1, 32));
        assertEquals(110, layout.index(2, 36));
    }

    @Test
    void everyPlaceIsTakenOnce() {
        for (int dInner : new int[]{1, 15, 16, 17, 64, 100}) {
            for (int dState : new int[]{1, 7, 16}) {
                var layout = new ScanLayout(dInner, dState);
                var taken = new BitSet();
                for (int c = 0; c < dInner; c++) {
                    for (int n = 0; n < dState; n++) {
                        taken.set(layout.index(n, c));
                    }
                }
                assertEquals(dInner * dState, taken.cardinality());
                assertEquals(dInner * dState, taken.length());
            }
        }
    }

    @Test
    void packedArraysAreUnpackedAgain() {
        var narrow = new ScanLayout(3, 2);
        float[] packed = narrow.pack(new float[]{1, 2, 10, 20, 100, 200});
        assertArrayEquals(new float[]{1, 10, 100, 2, 20, 200}, packed);
        assertArrayEquals(new float[]{1, 2, 10, 20, 100, 200}, narrow.unpack(packed));
        var wide = new ScanLayout(35, 5);
        float[] values = new Values(1).normal(wide.size());
        assertArrayEquals(values, wide.unpack(wide.pack(values)));
        assertEquals(values[20 * 5 + 3], wide.pack(values)[wide.index(3, 20)]);
    }
}
