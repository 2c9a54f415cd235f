package io.github.mamba4j.kernels.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mamba4j.kernels.team.ThreadTeam;
import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.MethodModel;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.api.Test;

class MachineLimitsTest {
    /** HotSpot's {@code FreqInlineSize}: no longer method is compiled into its caller, however often it is called. */
    private static final int LARGEST_INLINED = 325;

    @Test
    void measuresWithEveryMemberOfATeam() {
        MemorySegment data = MemorySegment.ofArray(new float[200_003]);
        for (int threads = 1; threads <= 3; threads++) {
            try (var team = new ThreadTeam(threads)) {
                var limits = new MachineLimits(team);
                assertTrue(limits.fmaPeakGflops() > 0);
                assertTrue(limits.readGigabytesPerSecond(List.of(data, data)) > 0);
            }
        }
    }

    @Test
    void aReadTakesEveryElementOfABlockOnce() {
        int spacing = 256;
        int[] values = new int[MachineLimits.STREAMS * spacing / Integer.BYTES];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        int sum = values.length * (values.length - 1) / 2;
        MemorySegment data = MemorySegment.ofArray(values);
        int bytes = VectorLimits.VECTOR_BYTES;
        assertEquals(sum, VectorLimits.read(data, 0, spacing, bytes, spacing / bytes));
        assertEquals(sum, VectorLimits.read(data, 0, bytes, MachineLimits.STREAMS * bytes, spacing / bytes));
        long longs = 0;
        for (long at = 0; at < data.byteSize(); at += Long.BYTES) {
            longs += data.get(ValueLayout.JAVA_LONG_UNALIGNED, at);
        }
        assertEquals(longs, ScalarLimits.read(data, 0, spacing, Long.BYTES, spacing / Long.BYTES));
        assertEquals(longs,
                ScalarLimits.read(data, 0, Long.BYTES, MachineLimits.STREAMS * Long.BYTES, spacing / Long.BYTES));
    }

    @Test
    void everyChainMultipliesAndAddsInEveryRound() {
        // The chains begin with 0, 1, 2, .. 11, and every round adds 1/2 * 1/4.
        double begin = MachineLimits.CHAINS * (MachineLimits.CHAINS - 1) / 2.0;
        assertEquals(begin + MachineLimits.CHAINS * 100 / 8.0, VectorLimits.multiplyAdd(100));
        assertEquals(begin + MachineLimits.CHAINS * 100 / 8.0, ScalarLimits.multiplyAdd(100));
    }

    @Test
    void theChainsAreTooLongToBeCompiledIntoTheirCaller() throws IOException {
        try (InputStream code = VectorLimits.class.getResourceAsStream("VectorLimits.class")) {
            MethodModel chains = ClassFile.of().parse(code.readAllBytes()).methods().stream()
                    .filter(method -> method.methodName().equalsString("multiplyAdd")).findFirst().orElseThrow();
            int bytes = chains.findAttribute(Attributes.code()).orElseThrow().codeLength();
            assertTrue(bytes > LARGEST_INLINED, bytes + " bytes of code");
        }
    }
}
