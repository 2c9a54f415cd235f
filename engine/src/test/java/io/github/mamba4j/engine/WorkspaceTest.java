package io.github.mamba4j.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mamba4j.kernels.KernelChoice;
import io.github.mamba4j.kernels.team.ThreadTeam;
import io.github.mamba4j.weights.MambaConfig;
import org.junit.jupiter.api.Test;

class WorkspaceTest {
    /** As wide inside as a model may be, and nothing else. */
    private static final MambaConfig WIDE = TestModels.config(3, 1, 1, 1 << 18, 1, 1, 1, false, false, true);

    @Test
    void aFailureToGrowLeavesTheBuffersAsTheyWere() {
        try (ThreadTeam team = new ThreadTeam(1)) {
            Workspace workspace = new Workspace(WIDE, KernelChoice.SCALAR.load(), team);
            var residual = workspace.residual;
            assertThrows(ArithmeticException.class, () -> workspace.ensureRows(1 << 13, 1 << 13));
            assertEquals(residual, workspace.residual);
            assertEquals(1, workspace.zy.rows());
        }
    }

    @Test
    void aPassHasNoMoreRowsThanTheWidestBufferHolds() {
        int rows = Workspace.rowsThatFit(WIDE, ModelOptions.MAX_ROWS);
        assertTrue((long) rows * WIDE.dInner() < Integer.MAX_VALUE && rows > 8000, () -> rows + " rows");
        assertEquals(256, Workspace.rowsThatFit(WIDE, 256));
    }
}
