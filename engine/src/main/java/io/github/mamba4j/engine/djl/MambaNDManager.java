package io.github.mamba4j.engine.djl;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.BaseNDManager;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Makes arrays that hold values. What is to be calculated goes to the alternative engine, which is loaded then and not
 * before. Thread-safe as all of DJL's managers.
 */
class MambaNDManager extends BaseNDManager {
    private static final String MISSING_ENGINE = "the Mamba engine makes and reads arrays but does not calculate with"
            + " them: add an engine with tensors to the class path, such as ai.djl.pytorch:pytorch-engine, and do not"
            + " set " + MambaEngine.NO_ALTERNATIVE;

    private MambaNDManager(NDManager parent) {
        super(parent, Device.cpu());
    }

    /** The ancestor of all, which is never closed. */
    static MambaNDManager root() {
        return Root.INSTANCE;
    }

    @Override
    public Engine getEngine() {
        return MambaEngine.OF_MANAGERS;
    }

    @Override
    public NDManager newSubManager(Device subDevice) {
        MambaNDManager manager = new MambaNDManager(this);
        attachInternal(manager.uid, manager);
        return manager;
    }

    @Override
    public ByteBuffer allocateDirect(int capacity) {
        return ByteBuffer.allocateDirect(capacity).order(ByteOrder.nativeOrder());
    }

    @Override
    public NDArray from(NDArray array) {
        return array == null || array instanceof MambaNDArray
                ? array
                : create(array.toByteBuffer(), array.getShape(), array.getDataType());
    }

    @Override
    public NDArray create(Buffer data, Shape shape, DataType dataType) {
        int size = Math.toIntExact(shape.size());
        validateBuffer(data, dataType, size);
        ByteBuffer copy = ByteBuffer.allocate(Math.multiplyExact(size, dataType.getNumOfBytes()))
                .order(ByteOrder.nativeOrder());
        copyBuffer(data, copy);
        return new MambaNDArray(this, new Calculator(this), copy, shape, dataType);
    }

    @Override
    public NDArray full(Shape shape, float value, DataType dataType) {
        return tensors().full(shape, value, dataType);
    }

    @Override
    public NDArray arange(float start, float stop, float step, DataType dataType) {
        return tensors().arange(start, stop, step, dataType);
    }

    @Override
    public NDArray eye(int rows, int cols, int k, DataType dataType) {
        return tensors().eye(rows, cols, k, dataType);
    }

    @Override
    public NDArray linspace(float start, float stop, int num, boolean endpoint) {
        return tensors().linspace(start, stop, num, endpoint);
    }

    @Override
    public NDArray randomUniform(float low, float high, Shape shape, DataType dataType) {
        return tensors().randomUniform(low, high, shape, dataType);
    }

    @Override
    public NDArray randomNormal(float loc, float scale, Shape shape, DataType dataType) {
        return tensors().randomNormal(loc, scale, shape, dataType);
    }

    /** The alternative engine's manager, whose arrays live as long as this one's. */
    private synchronized NDManager tensors() {
        if (alternativeManager == null) {
            Engine engine = Engine.getEngine(MambaEngine.NAME).getAlternativeEngine();
            if (engine == null) {
                throw new UnsupportedOperationException(MISSING_ENGINE);
            }
            alternativeManager = engine.newBaseManager(Device.cpu());
        }
        return alternativeManager;
    }

    @Override
    public void close() {
        super.close();
        synchronized (this) {
            if (alternativeManager != null) {
                alternativeManager.close();
            }
        }
    }

    /** DJL tells by the interface that this one cannot be closed. */
    private static final class Root extends MambaNDManager implements SystemNDManager {
        static final Root INSTANCE = new Root();

        Root() {
            super(null);
        }
    }

    /** What an array asks to become another engine's, for an operation. */
    private static final class Calculator extends MambaNDManager {
        private final MambaNDManager owner;

        Calculator(MambaNDManager owner) {
            super(owner);
            this.owner = owner;
        }

        @Override
        public NDArray from(NDArray array) {
            return owner.tensors().from(array);
        }
    }
}
