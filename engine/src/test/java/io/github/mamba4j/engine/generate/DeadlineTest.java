package io.github.mamba4j.engine.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DeadlineTest {
    @Test
    void noTimeoutAndOnesBeyondTheRangeOfTheClockAreNeverOver() {
        assertFalse(Deadline.after(Optional.empty()).isOver());
        assertFalse(Deadline.after(Optional.of(Duration.ofSeconds(Long.MAX_VALUE, 999_999_999))).isOver());
        assertFalse(Deadline.after(Optional.of(Duration.ofDays(365_000))).isOver());
    }

    @Test
    void whatIsLeftNeverGrowsAndIsNeverNothing() {
        Deadline deadline = Deadline.after(Optional.of(Duration.ofHours(1)));
        Duration left = deadline.left();
        assertTrue(left.compareTo(Duration.ofHours(1)) <= 0 && deadline.left().compareTo(left) <= 0);
        Deadline over = new Deadline(System.nanoTime() - 1000);
        assertTrue(over.isOver());
        assertEquals(Duration.ofNanos(1), over.left());
    }
}
