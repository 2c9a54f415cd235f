package io.github.mamba4j.kernels.scan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.Bits;
import io.github.mamba4j.kernels.KernelChoice;
import io.github.mamba4j.kernels.Kernels;
import io.github.mamba4j.kernels.Scratch;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Recurrences with heads refuse what does not fit before they write anything. */
class HeadArgumentsTest {
    private static final int ROWS = 3;

    private final Kernels kernels = KernelChoice.fromSystemProperty().load();
    private final Scratch scratch = new Scratch();

    // Of a width that fits some buffers and not others. All are filled with ones.
    private final Activations x = activations(ROWS, 6);
    private final Activations y = activations(ROWS, 6);
    private final float[] six = ones(6);

    private static float[] ones(int count) {
        float[] a = new float[count];
        Arrays.fill(a, 1f);
        return a;
    }

    private static Activations activations(int rows, int cols) {
        return new Activations(ones(rows * cols), rows, cols);
    }

    private void refused(String message, Executable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
        assertNothingWritten();
    }

    /** The message is the JDK's, which names the range and the bounds. */
    private void outOfBounds(Executable... calls) {
        for (Executable call : calls) {
            assertThrows(IndexOutOfBoundsException.class, call);
            assertNothingWritten();
        }
    }

    private void assertNothingWritten() {
        Bits.assertSame(ones(ROWS * 6), x.data(), "x");
        Bits.assertSame(ones(ROWS * 6), y.data(), "y");
        Bits.assertSame(ones(6), six, "array");
    }

    private static HeadScanParameters headScan(int heads, int headDim, int groups, int dState, float min, float max) {
        return new HeadScanParameters(heads, headDim, groups, dState, ones(3), ones(3), ones(3), min, max);
    }

    @Test
    void headScanParameters() {
        refused("state: expected heads, channels and states that fit an array, found 0, 2 and 3",
                () -> headScan(0, 2, 1, 3, 0, 1));
        refused("state: expected heads, channels and states that fit an array, found 3, -2 and 3",
                () -> headScan(3, -2, 1, 3, 0, 1));
        refused("state: expected heads, channels and states that fit an array, found 3, 2 and 0",
                () -> headScan(3, 2, 1, 0, 0, 1));
        refused("state: expected heads, channels and states that fit an array, found 3, 65536 and 32768",
                () -> headScan(3, 65536, 1, 32768, 0, 1));
        refused("state: expected heads, channels and states that fit an array, found 3, 2147483647 and 1",
                () -> headScan(3, Integer.MAX_VALUE, 1, 1, 0, 1));
        refused("scan: expected a number of groups that divides 3 heads, found 2", () -> headScan(3, 2, 2, 3, 0, 1));
        refused("scan: expected a number of groups that divides 3 heads, found 0", () -> headScan(3, 2, 0, 3, 0, 1));
        refused("scan: A: expected 3 values, found 2",
                () -> new HeadScanParameters(3, 2, 1, 3, ones(2), ones(3), ones(3), 0, 1));
        refused("scan: D: expected 3 values, found 4",
                () -> new HeadScanParameters(3, 2, 1, 3, ones(3), ones(4), ones(3), 0, 1));
        refused("scan: dt_bias: expected 3 values, found 0",
                () -> new HeadScanParameters(3, 2, 1, 3, ones(3), ones(3), ones(0), 0, 1));
        String limits = "scan: expected limits of the time step with 0 <= min <= max, found ";
        refused(limits + "2.0 and 1.0", () -> headScan(3, 2, 1, 3, 2, 1));
        refused(limits + "-1.0 and 1.0", () -> headScan(3, 2, 1, 3, -1, 1));
        refused(limits + "0.0 and NaN", () -> headScan(3, 2, 1, 3, 0, Float.NaN));
        refused("state: expected 18 values, found 17", () -> headScan(3, 2, 1, 3, 0, 1).pack(ones(17)));
        refused("state: expected 144 values, found 18", () -> headScan(3, 2, 1, 3, 0, 1).unpack(ones(18)));
    }

    @Test
    void headScans() {
        HeadScanParameters p = headScan(3, 2, 1, 3, 0, 1);
        float[] h = ones(p.stateSize());
        Activations xbc = activations(ROWS, 12);
        Activations dt = activations(ROWS, 3);
        var io = new HeadScanBuffers(xbc, dt, y);
        var scan = kernels.headScan();
        refused("scan: x, B and C: expected 12 columns, found 6",
                () -> scan.scan(p, new HeadScanBuffers(x, dt, y), h, 0, ROWS, 0, 3, scratch));
        refused("scan: dt: expected 3 columns, found 6",
                () -> scan.scan(p, new HeadScanBuffers(xbc, x, y), h, 0, ROWS, 0, 3, scratch));
        refused("scan: y: expected 6 columns, found 12",
                () -> scan.scan(p, new HeadScanBuffers(xbc, dt, activations(ROWS, 12)), h, 0, ROWS, 0, 3, scratch));
        refused("scan: state: expected 144 values, found 6", () -> scan.scan(p, io, six, 0, ROWS, 0, 3, scratch));
        outOfBounds(() -> scan.scan(p, io, h, 0, ROWS, 0, 4, scratch),
                () -> scan.scan(p, io, h, 0, ROWS, -1, 3, scratch),
                () -> scan.scan(p, io, h, 0, ROWS, 2, 1, scratch), () -> scan.scan(p, io, h, 1, ROWS, 0, 3, scratch),
                () -> scan.scan(p, io, h, -1, 1, 0, 3, scratch), () -> scan.scan(p, io, h, 0, -1, 0, 3, scratch));
        String message = "a scan writes dt and y, which cannot be its other buffers";
        refused(message, () -> new HeadScanBuffers(xbc, xbc, y));
        refused(message, () -> new HeadScanBuffers(xbc, dt, xbc));
        refused(message, () -> new HeadScanBuffers(xbc, dt, dt));
        assertThrows(NullPointerException.class, () -> new HeadScanBuffers(xbc, dt, null));
        scan.scan(p, io, h, 0, ROWS, 3, 3, scratch);
        scan.scan(p, io, h, ROWS, 0, 0, 3, scratch);
        Bits.assertSame(ones(ROWS * 3), dt.data(), "dt");
        Bits.assertSame(ones(p.stateSize()), h, "h");
        assertNothingWritten();
    }

    private static DeltaRuleParameters deltaRule(int keyHeads, int valueHeads, int keyDim, int valueDim) {
        return new DeltaRuleParameters(keyHeads, valueHeads, keyDim, valueDim, ones(2), ones(2), false, false);
    }

    @Test
    void deltaRuleParameters() {
        refused("state: expected heads, channels and states that fit an array, found 0, 3 and 4",
                () -> deltaRule(1, 0, 4, 3));
        refused("state: expected heads, channels and states that fit an array, found 2, 3 and 0",
                () -> deltaRule(1, 2, 0, 3));
        refused("state: expected heads, channels and states that fit an array, found 2, 65536 and 32768",
                () -> deltaRule(1, 2, 32768, 65536));
        refused("delta rule: expected a number of key heads that divides 2 value heads, found 3",
                () -> deltaRule(3, 2, 4, 3));
        refused("delta rule: expected a number of key heads that divides 2 value heads, found 0",
                () -> deltaRule(0, 2, 4, 3));
        refused("delta rule: A: expected 2 values, found 1",
                () -> new DeltaRuleParameters(1, 2, 4, 3, ones(1), ones(2), false, false));
        refused("delta rule: dt_bias: expected 2 values, found 3",
                () -> new DeltaRuleParameters(1, 2, 4, 3, ones(2), ones(3), false, false));
        refused("state: expected 24 values, found 23", () -> deltaRule(1, 2, 4, 3).pack(ones(23)));
        refused("state: expected 128 values, found 24", () -> deltaRule(1, 2, 4, 3).unpack(ones(24)));
    }

    @Test
    void deltaRules() {
        DeltaRuleParameters p = deltaRule(1, 2, 4, 3);
        float[] s = ones(p.stateSize());
        Activations qkv = activations(ROWS, 14);
        Activations gates = activations(ROWS, 2);
        var io = new DeltaRuleBuffers(qkv, gates, gates, y);
        var rule = kernels.deltaRule();
        refused("delta rule: queries, keys and values: expected 14 columns, found 6",
                () -> rule.scan(p, new DeltaRuleBuffers(x, gates, gates, y), s, 0, ROWS, 0, 2, scratch));
        refused("delta rule: alpha: expected 2 columns, found 6",
                () -> rule.scan(p, new DeltaRuleBuffers(qkv, x, gates, y), s, 0, ROWS, 0, 2, scratch));
        refused("delta rule: b: expected 2 columns, found 6",
                () -> rule.scan(p, new DeltaRuleBuffers(qkv, gates, x, y), s, 0, ROWS, 0, 2, scratch));
        refused("delta rule: y: expected 6 columns, found 14",
                () -> rule.scan(p, new DeltaRuleBuffers(qkv, gates, gates, activations(ROWS, 14)), s, 0, ROWS, 0, 2,
                        scratch));
        refused("delta rule: state: expected 128 values, found 6",
                () -> rule.scan(p, io, six, 0, ROWS, 0, 2, scratch));
        outOfBounds(() -> rule.scan(p, io, s, 0, ROWS, 0, 3, scratch),
                () -> rule.scan(p, io, s, 0, ROWS, -1, 2, scratch),
                () -> rule.scan(p, io, s, 0, ROWS, 2, 1, scratch), () -> rule.scan(p, io, s, 1, ROWS, 0, 2, scratch),
                () -> rule.scan(p, io, s, -1, 1, 0, 2, scratch), () -> rule.scan(p, io, s, 0, -1, 0, 2, scratch));
        String message = "a delta rule writes y, which cannot be its other buffers";
        refused(message, () -> new DeltaRuleBuffers(y, gates, gates, y));
        refused(message, () -> new DeltaRuleBuffers(qkv, y, gates, y));
        refused(message, () -> new DeltaRuleBuffers(qkv, gates, y, y));
        assertThrows(NullPointerException.class, () -> new DeltaRuleBuffers(qkv, null, gates, y));
        rule.scan(p, io, s, 0, ROWS, 2, 2, scratch);
        rule.scan(p, io, s, ROWS, 0, 0, 2, scratch);
        Bits.assertSame(ones(p.stateSize()), s, "S");
        assertNothingWritten();
    }
}
