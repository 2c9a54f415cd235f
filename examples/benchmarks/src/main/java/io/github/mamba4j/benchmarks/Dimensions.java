package io.github.mamba4j.benchmarks;

import io.github.mamba4j.weights.MambaConfig;
import java.util.List;

/** The models whose dimensions are measured. */
final class Dimensions {
    /** A model for trying the benchmarks themselves. */
    static final String TINY = "tiny";

    private Dimensions() {}

    /**
     * The dimensions of a model.
     *
     * @param preset a preset of {@link MambaConfig#preset}, or {@link #TINY}
     * @return its configuration
     */
    static MambaConfig of(String preset) {
        return preset.equals(TINY)
                ? new MambaConfig(100, 32, 2, 64, 16, 4, 2, false, true, true, 1e-5f, true, 0, List.of(0))
                : MambaConfig.preset(preset);
    }

    /**
     * The same dimensions with one block and a small vocabulary.
     *
     * @param preset as above
     * @return its configuration
     */
    static MambaConfig oneBlock(String preset) {
        MambaConfig c = of(preset);
        return new MambaConfig(16, c.dModel(), 1, c.dInner(), c.dState(), c.dConv(), c.dtRank(), c.useBias(),
                c.useConvBias(), c.tieEmbeddings(), c.normEps(), c.residualInFp32(), c.bosTokenId(), List.of());
    }
}
