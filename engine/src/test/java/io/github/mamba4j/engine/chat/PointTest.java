package io.github.mamba4j.engine.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PointTest {
    private static Point after(Point parent, String text) {
        return new Point(parent, new int[0], new int[]{1}, text, null);
    }

    @Test
    void aPointLeadsToTextsThatBeginWithAllThatCameBeforeIt() {
        Point last = after(after(after(Point.beginning(), "Hi. "), ""), "Ho.");
        assertEquals(7, last.textLength());
        assertTrue(last.leadsTo("Hi. Ho."));
        assertTrue(last.leadsTo("Hi. Ho. Hu."));
        assertFalse(last.leadsTo("Hi. Ha. Hu."));
        assertFalse(last.leadsTo("Ha. Ho."));
        assertFalse(last.leadsTo("Hi. "));
        assertFalse(last.leadsTo(""));
        assertTrue(Point.beginning().leadsTo(""));
    }

    @Test
    void aPointKeepsItsOwnTextAlone() {
        Point point = Point.beginning();
        for (int i = 0; i < 1000; i++) {
            point = after(point, "x");
            assertEquals(1, point.text().length());
        }
        assertEquals(1000, point.textLength());
        assertTrue(point.leadsTo("x".repeat(1000)));
    }
}
