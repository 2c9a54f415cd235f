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
 * Makes arrays that hold values and nothing more, where there is no engine with tensors. Thread-safe as all of DJL's
 * managers.
 */
class MambaNDManager extends BaseNDManager {
    private static final String MISSING_ENGINE = "the Mamba engine makes and reads arrays but does not calculate with"
            + " them: add an engine with tensors to the class path, such as ai.djl.pytorch:pytorch-engine, and do not"
            + " set " + MambaEngine.NO_ALTERNATIVE;

    private MambaNDManager(NDManager parent, Device device) {
        super(parent, device);
    }

    /** The ancestor of all, which is never closed. */
    static MambaNDManager root() {
        return Root.INSTANCE;
    }

    @Override
    public Engine getEngine() {
        return Engine.getEngine(MambaEngine.NAME);
    }

    @Override
    public NDManager newSubManager(Device subDevice) {
        MambaNDManager manager = new MambaNDManager(this, subDevice);
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
        ByteBuffer copy = ByteBuffer.allocate(size * dataType.getNumOfBytes()).order(ByteOrder.nativeOrder());
        copyBuffer(data, copy);
        return new MambaNDArray(this, Root.CALCULATOR, copy, shape, dataType);
    }

    @Override
    public NDArray full(Shape shape, float value, DataType dataType) {
        throw missingEngine();
    }

    @Override
    public NDArray arange(float start, float stop, float step, DataType dataType) {
        throw missingEngine();
    }

    @Override
    public NDArray eye(int rows, int cols, int k, DataType dataType) {
        throw missingEngine();
    }

    @Override
    public NDArray linspace(float start, float stop, int num, boolean endpoint) {
        throw missingEngine();
    }

    @Override
    public NDArray randomUniform(float low, float high, Shape shape, DataType dataType) {
        throw missingEngine();
    }

    @Override
    public NDArray randomNormal(float loc, float scale, Shape shape, DataType dataType) {
        throw missingEngine();
    }

    private static UnsupportedOperationException missingEngine() {
        return new UnsupportedOperationException(MISSING_ENGINE);
    }

    /** DJL tells by the interface that this one cannot be closed. */
    private static final class Root extends MambaNDManager implements SystemNDManager {
        static final Root INSTANCE = new Root();
        static final Calculator CALCULATOR = new Calculator();

        Root() {
            super(null, Device.cpu());
        }
    }

    /** What an array turns to for an operation: it would be another engine's, and says that there is none. */
    private static final class Calculator extends MambaNDManager {
        Calculator() {
            super(null, Device.cpu());
        }

        @Override
        public NDArray from(NDArray array) {
            throw missingEngine();
        }
    }
}
