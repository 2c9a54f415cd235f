package io.github.mamba4j.engine.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrayAdapter;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;

/** Values with a shape. All operations of the base class go to the manager that is handed to it for them. */
final class MambaNDArray extends NDArrayAdapter {
    private ByteBuffer data;

    MambaNDArray(NDManager manager, NDManager calculator, ByteBuffer data, Shape shape, DataType dataType) {
        super(manager, calculator, shape, dataType, NDManager.nextUid());
        this.data = data;
        manager.attachInternal(uid, this);
    }

    @Override
    public ByteBuffer toByteBuffer(boolean tryDirect) {
        if (isClosed) {
            throw new IllegalStateException("the array is closed");
        }
        return data.duplicate().order(data.order()).rewind();
    }

    @Override
    public NDArray get(NDManager target, NDIndex index) {
        return alternativeManager.from(this).get(index);
    }

    @Override
    public void intern(NDArray replaced) {
        data = ((MambaNDArray) replaced).data;
        replaced.close();
    }

    /** Unlike the base class, keeps asking the same manager for operations. */
    @Override
    public void attach(NDManager newManager) {
        detach();
        manager = newManager;
        newManager.attachInternal(uid, this);
    }

    @Override
    public void returnResource(NDManager newManager) {
        detach();
        manager = newManager;
        newManager.attachUncappedInternal(uid, this);
    }

    @Override
    public void detach() {
        manager.detachInternal(uid);
        manager = MambaNDManager.root();
    }
}
