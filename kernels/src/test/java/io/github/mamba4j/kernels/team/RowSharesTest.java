package io.github.mamba4j.kernels.team;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class RowSharesTest {
    @Test
    void aFewRowsAreNotCut() {
        for (int rows = 1; rows < 96; rows++) {
            assertEquals(1, RowShares.rowParts(8, rows, 80), rows + " rows");
        }
    }

    @Test
    void manyRowsAndFewOutputsAreSharedByRows() {
        assertEquals(2, RowShares.rowParts(2, 512, 80));
        assertEquals(8, RowShares.rowParts(8, 512, 80));
    }

    @Test
    void fewThreadsShareAWideMatrixByOutputs() {
        assertEquals(1, RowShares.rowParts(1, 512, 768));
        assertEquals(1, RowShares.rowParts(2, 512, 768));
        assertEquals(1, RowShares.rowParts(2, 512, 3072));
    }

    @Test
    void manyThreadsShareBothWays() {
        // 512 / 4 rows and 768 / 4 outputs for each of 16.
        assertEquals(4, RowShares.rowParts(16, 512, 768));
    }

    @Test
    void partsDivideTheMembers() {
        for (int members = 1; members <= 24; members++) {
            for (int rows : new int[]{1, 47, 96, 100, 512, 4096}) {
                for (int outs : new int[]{1, 80, 768, 5120}) {
                    assertEquals(0, members % RowShares.rowParts(members, rows, outs), members + " members");
                }
            }
        }
    }

    @Test
    void rangesOfRowsFollowOneAnotherToTheEnd() {
        assertEquals(0, RowShares.rowFrom(0, 3, 100, 8));
        assertEquals(32, RowShares.rowFrom(1, 3, 100, 8));
        assertEquals(64, RowShares.rowFrom(2, 3, 100, 8));
        assertEquals(100, RowShares.rowFrom(3, 3, 100, 8));
    }
}
