package io.github.mamba4j.engine.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class BuffersTest {
    private static final int WIDE = 1 << 18;

    private final Buffers buffers = new Buffers();

    @Test
    void buffersOfASlotShareMemoryAsWideAsTheWidest() {
        Buffer narrow = buffers.claim(0, 3);
        Buffer wide = buffers.claim(0, 7);
        Buffer other = buffers.claim(1, 5);
        buffers.ensureRows(4, 100);
        assertSame(narrow.at().data(), wide.at().data());
        assertEquals(4, narrow.at().rows());
        assertEquals(3, narrow.at().cols());
        assertEquals(7 * 4, wide.at().data().length);
        assertEquals(5 * 4, other.at().data().length);
    }

    @Test
    void buffersGrowInSteps() {
        Buffer buffer = buffers.claim(0, 3);
        buffers.ensureRows(10, 100);
        assertEquals(10, buffer.at().rows());
        buffers.ensureRows(11, 100);
        assertEquals(20, buffer.at().rows());
        buffers.ensureRows(21, 30);
        assertEquals(30, buffer.at().rows());
        buffers.ensureRows(5, 30);
        assertEquals(30, buffer.at().rows());
    }

    @Test
    void aFailureToGrowLeavesTheBuffersAsTheyWere() {
        Buffer buffer = buffers.claim(0, WIDE);
        var before = buffer.at();
        assertThrows(ArithmeticException.class, () -> buffers.ensureRows(1 << 13, 1 << 13));
        assertSame(before, buffer.at());
    }

    @Test
    void aPassHasNoMoreRowsThanTheWidestSlotHolds() {
        buffers.claim(0, 3);
        buffers.claim(1, WIDE);
        int rows = buffers.rowsThatFit(8192);
        assertTrue((long) rows * WIDE < Integer.MAX_VALUE && rows > 8000, () -> rows + " rows");
        assertEquals(256, buffers.rowsThatFit(256));
    }
}
