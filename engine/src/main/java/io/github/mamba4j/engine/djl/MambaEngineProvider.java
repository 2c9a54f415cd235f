package io.github.mamba4j.engine.djl;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineProvider;

/** How DJL's service loader finds the engine. Thread-safe. */
public final class MambaEngineProvider implements EngineProvider {
    /** Makes a provider; all have the same engine. */
    public MambaEngineProvider() {}

    @Override
    public String getEngineName() {
        return MambaEngine.NAME;
    }

    @Override
    public int getEngineRank() {
        return MambaEngine.RANK;
    }

    @Override
    public Engine getEngine() {
        return Holder.ENGINE;
    }

    private static final class Holder {
        static final Engine ENGINE = new MambaEngine(true);
    }
}
