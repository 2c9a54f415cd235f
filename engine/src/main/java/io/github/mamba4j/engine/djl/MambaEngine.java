package io.github.mamba4j.engine.djl;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import java.util.Objects;

/** The engine that DJL asks for models. It works on the CPU and has no tensors of its own. Thread-safe. */
final class MambaEngine extends Engine {
    static final String NAME = "Mamba";
    /** The lowest rank is DJL's default. Its own engines have up to 15: none of them shall lose its place. */
    static final int RANK = 20;
    /** From this rank on, DJL's engines are like this one: they run models but cannot calculate. */
    private static final int FIRST_WITHOUT_TENSORS = 10;
    /** The system property that keeps other engines out. */
    static final String NO_ALTERNATIVE = "ai.djl.mamba.disable_alternative";

    /**
     * The engine that managers say they belong to: the same, but it names no alternative. DJL's base class of managers
     * would load the alternative engine with each of them, also with those that only carry texts.
     */
    static final Engine OF_MANAGERS = new MambaEngine(false);

    private final boolean alternatives;

    MambaEngine(boolean alternatives) {
        this.alternatives = alternatives;
    }

    /** The default engine, if it has tensors; else null, as DJL wants it. */
    @Override
    public Engine getAlternativeEngine() {
        if (!alternatives || Boolean.getBoolean(NO_ALTERNATIVE)) {
            return null;
        }
        Engine engine = Engine.getInstance();
        return engine.getRank() < FIRST_WITHOUT_TENSORS ? engine : null;
    }

    @Override
    public String getEngineName() {
        return NAME;
    }

    @Override
    public int getRank() {
        return RANK;
    }

    @Override
    public String getVersion() {
        return Objects.requireNonNullElse(MambaEngine.class.getPackage().getImplementationVersion(), "development");
    }

    @Override
    public boolean hasCapability(String capability) {
        return false;
    }

    @Override
    public Device defaultDevice() {
        return Device.cpu();
    }

    @Override
    public int getGpuCount() {
        return 0;
    }

    @Override
    public Model newModel(String name, Device device) {
        return new MambaDjlModel(name, newBaseManager(device));
    }

    @Override
    public NDManager newBaseManager() {
        return newBaseManager(Device.cpu());
    }

    @Override
    public NDManager newBaseManager(Device device) {
        if (device != null && device.isGpu()) {
            throw new IllegalArgumentException("device: expected cpu, found " + device);
        }
        return MambaNDManager.root().newSubManager(Device.cpu());
    }
}
