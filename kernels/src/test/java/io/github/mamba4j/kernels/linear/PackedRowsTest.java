package io.github.mamba4j.kernels.linear;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.Bits;
import io.github.mamba4j.kernels.KernelChoice;
import io.github.mamba4j.kernels.Kernels;
import io.github.mamba4j.kernels.Matrix;
import io.github.mamba4j.kernels.Scratch;
import io.github.mamba4j.kernels.machine.VectorWidth;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What is asked of prepared rows. */
class PackedRowsTest {
    private static final int ROWS = 3;

    private final Kernels kernels = KernelChoice.fromSystemProperty().load();
    private final Scratch scratch = new Scratch();
    private final Matrix w = Matrix.of(ones(5 * 4), 5, 4);
    private final Activations x = new Activations(ones(ROWS * 6), ROWS, 6);
    private final Activations y = new Activations(ones(ROWS * 6), ROWS, 6);

    private static float[] ones(int count) {
        float[] a = new float[count];
        Arrays.fill(a, 1f);
        return a;
    }

    private void refused(String message, Executable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
        Bits.assertSame(ones(ROWS * 6), y.data(), "y");
    }

    private void outOfBounds(Executable... calls) {
        for (Executable call : calls) {
            assertThrows(IndexOutOfBoundsException.class, call);
            Bits.assertSame(ones(ROWS * 6), y.data(), "y");
        }
    }

    @Test
    void packedRows() {
        PackedRows packed = new PackedRows();
        assertEquals(1, packed.grain());
        assertEquals("no rows to pack or multiply have been named",
                assertThrows(NullPointerException.class, packed::source).getMessage());
        outOfBounds(() -> kernels.linear().beginPacking(x, 3, 4, ROWS, packed),
                () -> kernels.linear().beginPacking(x, 0, 4, ROWS + 1, packed));
        kernels.linear().beginPacking(x, 1, 4, ROWS, packed);
        // The vector kernels have tiles of 8 rows, and of 6 where vectors are few.
        int grain = kernels.name().equals("scalar") || VectorWidth.MANY_REGISTERS ? 8 : 6;
        assertEquals(grain, packed.grain());
        outOfBounds(() -> kernels.linear().packRows(packed, 0, ROWS + 1, scratch),
                () -> kernels.linear().matmul(w, 0, 5, packed, y, 0, 1, ROWS, scratch),
                () -> kernels.linear().matmul(w, 0, 6, packed, y, 0, 0, ROWS, scratch));
        refused("rows 1 to 3 of 3 are not a share of multiples of " + grain,
                () -> kernels.linear().packRows(packed, 1, 2, scratch));
        refused("rows 0 to 2 of 3 are not a share of multiples of " + grain,
                () -> kernels.linear().packRows(packed, 0, 2, scratch));
        refused("a product cannot overwrite its input",
                () -> kernels.linear().matmul(w, 0, 5, packed, x, 0, 0, ROWS, scratch));
        // So few rows are not packed, and to try does no harm.
        kernels.linear().packRows(packed, 0, ROWS, scratch);
        Bits.assertSame(ones(ROWS * 6), y.data(), "y");
        kernels.linear().beginPacking(x, 0, 6, ROWS, packed);
        refused("prepared rows: expected 4 columns, found 6",
                () -> kernels.linear().matmul(w, 0, 5, packed, y, 0, 0, ROWS, scratch));
    }
}
