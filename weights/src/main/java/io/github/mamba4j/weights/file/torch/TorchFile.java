package io.github.mamba4j.weights.file.torch;

import io.github.mamba4j.weights.CheckpointException;
import io.github.mamba4j.weights.file.StoredType;
import io.github.mamba4j.weights.file.Tensor;
import io.github.mamba4j.weights.file.torch.TorchValue.Dict;
import io.github.mamba4j.weights.file.torch.TorchValue.Storage;
import io.github.mamba4j.weights.file.torch.TorchValue.View;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the tensors of a file that torch.save wrote (PyTorch 1.6 and later): a zip archive with a pickle, {@code
 * data.pkl}, which says what the tensors are, and one uncompressed entry {@code data/key} per storage. The data stays in
 * place; only a tensor that is not contiguous is copied.
 */
public final class TorchFile {
    private static final long MAX_PICKLE_BYTES = 1 << 24;
    private static final String PICKLE = "/data.pkl";

    private final String location;
    private final Map<String, MemorySegment> entries;
    private final String root;
    private final Arena arena;
    private final long fileBytes;
    /** What may still be copied: tensors of one storage must not become more than the file is. */
    private long copyBudget;
    /** The bytes that further tensors may have. They may share their data, as a tied head does, but not without end. */
    private long tensorBudget;

    private TorchFile(String location, MemorySegment file, Map<String, MemorySegment> entries, Arena arena)
            throws CheckpointException {
        this.location = location;
        this.entries = entries;
        this.root = findRoot();
        this.arena = arena;
        this.fileBytes = file.byteSize();
        this.copyBudget = fileBytes;
        this.tensorBudget = 2 * fileBytes;
    }

    /**
     * Reads the state dict.
     *
     * @param location the file, for messages
     * @param file the whole file
     * @param arena where copies live
     * @return the tensors by name
     * @throws CheckpointException if it is not a sound file of weights
     */
    public static Map<String, Tensor> read(String location, MemorySegment file, Arena arena)
            throws CheckpointException {
        if (file.byteSize() < 4 || file.get(ValueLayout.JAVA_BYTE, 0) != 'P'
                || file.get(ValueLayout.JAVA_BYTE, 1) != 'K') {
            throw new CheckpointException(
                    location + ": expected a zip archive as written by PyTorch 1.6 or later, found "
                            + "another file; save it again with a newer PyTorch, or as safetensors");
        }
        return new TorchFile(location, file, ZipDirectory.read(location, file), arena).stateDict();
    }

    private String findRoot() throws CheckpointException {
        for (String name : entries.keySet()) {
            if (name.endsWith(PICKLE) && name.indexOf('/') == name.length() - PICKLE.length()) {
                return name.substring(0, name.length() - PICKLE.length());
            }
        }
        throw new CheckpointException(location + ": expected an entry data.pkl in the zip archive, found none");
    }

    private Map<String, Tensor> stateDict() throws CheckpointException {
        checkByteOrder();
        MemorySegment pickle = entries.get(root + PICKLE);
        if (pickle.byteSize() > MAX_PICKLE_BYTES) {
            throw new CheckpointException(location + ": expected a pickle of at most " + MAX_PICKLE_BYTES
                    + " bytes, found " + pickle.byteSize());
        }
        TorchValue value = new TorchPickle(location, pickle.toArray(ValueLayout.JAVA_BYTE)).read();
        if (!(value instanceof Dict dict)) {
            throw new CheckpointException(
                    location + ": expected a dictionary from names to tensors, found " + value.kind());
        }
        Map<String, TorchValue> items = StateDicts.find(location, dict).items();
        Map<String, Tensor> tensors = LinkedHashMap.newLinkedHashMap(items.size());
        for (Map.Entry<String, TorchValue> item : items.entrySet()) {
            // Numbers and texts beside the tensors are of the training.
            if (item.getValue() instanceof View view) {
                tensors.put(item.getKey(), tensor(item.getKey(), view));
            }
        }
        return tensors;
    }

    private void checkByteOrder() throws CheckpointException {
        MemorySegment order = entries.get(root + "/byteorder");
        byte[] little = "little".getBytes(StandardCharsets.US_ASCII);
        if (order != null && order.mismatch(MemorySegment.ofArray(little)) != -1) {
            throw new CheckpointException(location + ": expected byte order 'little', found another");
        }
    }

    private Tensor tensor(String name, View view) throws CheckpointException {
        Storage storage = view.storage();
        StoredType type = storage.type();
        int size = type.bits() / 8;
        MemorySegment data = entries.get(root + "/data/" + storage.key());
        if (data == null) {
            throw wrong(name, "its data in entry 'data/" + storage.key() + "'", "no such entry");
        }
        // Divided, not multiplied: the count may be anything.
        if (data.byteSize() % size != 0 || data.byteSize() / size != storage.elements()) {
            throw wrong(name, storage.elements() + " elements of " + type, data.byteSize() + " bytes");
        }
        long bytes = type.byteSize(view.shape());
        long last = lastElement(view);
        if (bytes < 0 || bytes > data.byteSize() || view.offset() < 0 || last < 0 || last > storage.elements()) {
            throw wrong(name, "shape " + view.shape() + ", strides " + view.strides() + ", offset " + view.offset()
                    + " within its storage", storage.elements() + " elements");
        }
        tensorBudget -= bytes;
        if (tensorBudget < 0) {
            throw wrong(name, "tensors of at most twice the file's " + fileBytes + " bytes together", "more");
        }
        boolean inPlace = bytes == 0 || isContiguous(view);
        MemorySegment content = inPlace
                ? data.asSlice(bytes == 0 ? 0 : view.offset() * size, bytes)
                : gather(name, view, data, bytes);
        return new Tensor(name, type, view.shape(), content);
    }

    /** One past the last element that a view uses, or -1 if that cannot be told in 63 bits or a stride is negative. */
    private static long lastElement(View view) {
        if (view.strides().size() != view.shape().size()) {
            return -1;
        }
        if (view.shape().contains(0L)) {
            return 0;
        }
        long last = view.offset();
        for (int i = 0; i < view.shape().size(); i++) {
            long steps = view.shape().get(i) - 1;
            long stride = view.strides().get(i);
            if (steps < 0 || stride < 0 || Math.multiplyHigh(steps, stride) != 0 || steps * stride < 0) {
                return -1;
            }
            last += steps * stride;
            if (last < 0) {
                return -1;
            }
        }
        return last == Long.MAX_VALUE ? -1 : last + 1;
    }

    private static boolean isContiguous(View view) {
        long expected = 1;
        for (int i = view.shape().size() - 1; i >= 0; i--) {
            long size = view.shape().get(i);
            if (size != 1 && view.strides().get(i) != expected) {
                return false;
            }
            expected *= size;
        }
        return true;
    }

    /** Copies a view element by element into row-major order. */
    private MemorySegment gather(String name, View view, MemorySegment data, long bytes) throws CheckpointException {
        copyBudget -= bytes;
        if (copyBudget < 0) {
            throw wrong(name, "strides that go row by row", view.strides() + ", and too much to copy");
        }
        int size = view.storage().type().bits() / 8;
        List<Long> shape = view.shape();
        MemorySegment copy = arena.allocate(bytes, 64);
        long[] index = new long[shape.size()];
        long from = view.offset();
        for (long to = 0; to < bytes; to += size) {
            MemorySegment.copy(data, from * size, copy, to, size);
            // Counts the index up like an odometer, and moves along with it.
            for (int i = index.length - 1; i >= 0; i--) {
                from += view.strides().get(i);
                if (++index[i] < shape.get(i)) {
                    break;
                }
                from -= shape.get(i) * view.strides().get(i);
                index[i] = 0;
            }
        }
        return copy;
    }

    private CheckpointException wrong(String name, String expected, String found) {
        return new CheckpointException(
                location + ": tensor '" + name + "': expected " + expected + ", found " + found);
    }
}
