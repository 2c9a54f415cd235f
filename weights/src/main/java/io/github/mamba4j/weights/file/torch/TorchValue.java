package io.github.mamba4j.weights.file.torch;

import io.github.mamba4j.kernels.DType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the pickle of a state dict can hold. Values may share parts, and a dictionary may even hold itself; nothing here
 * walks through a value, so that no pickle can make the walk long.
 */
sealed interface TorchValue {
    /** What it is, for messages. */
    String kind();

    /** A string. */
    record Text(String value) implements TorchValue {
        @Override
        public String kind() {
            return "the string '" + (value.length() > 80 ? value.substring(0, 80) + "..." : value) + "'";
        }
    }

    /** An integer. */
    record Int(long value) implements TorchValue {
        @Override
        public String kind() {
            return "the integer " + value;
        }
    }

    /** A value that is known but that nothing depends on: None, a bool, a float. */
    record Other(String kind) implements TorchValue {}

    /** A tuple. */
    record Tuple(List<TorchValue> items) implements TorchValue {
        @Override
        public String kind() {
            return "a tuple of " + items.size();
        }
    }

    /** A dict or an OrderedDict, with strings for keys. */
    final class Dict implements TorchValue {
        private final Map<String, TorchValue> items = new LinkedHashMap<>();

        Map<String, TorchValue> items() {
            return items;
        }

        @Override
        public String kind() {
            return "a dictionary";
        }
    }

    /** A class or function that may be named. */
    enum Global implements TorchValue {
        /** The class of a state dict. */
        ORDERED_DICT("collections.OrderedDict", null),
        /** Makes a view of a storage. */
        REBUILD_TENSOR("torch._utils._rebuild_tensor_v2", null),
        /** Makes a parameter of a view. */
        REBUILD_PARAMETER("torch._utils._rebuild_parameter", null),
        /** Storage of 64-bit floats. */
        DOUBLE("torch.DoubleStorage", DType.F64),
        /** Storage of 32-bit floats. */
        FLOAT("torch.FloatStorage", DType.F32),
        /** Storage of 16-bit floats. */
        HALF("torch.HalfStorage", DType.F16),
        /** Storage of the upper halves of 32-bit floats. */
        BFLOAT16("torch.BFloat16Storage", DType.BF16),
        /** Storage of 64-bit integers. */
        LONG("torch.LongStorage", DType.I64),
        /** Storage of 32-bit integers. */
        INT("torch.IntStorage", DType.I32),
        /** Storage of 16-bit integers. */
        SHORT("torch.ShortStorage", DType.I16),
        /** Storage of signed bytes. */
        CHAR("torch.CharStorage", DType.I8),
        /** Storage of unsigned bytes. */
        BYTE("torch.ByteStorage", DType.U8),
        /** Storage of bytes that are 0 or 1. */
        BOOL("torch.BoolStorage", DType.BOOL);

        private final String qualifiedName;
        private final DType storageType;

        Global(String qualifiedName, DType storageType) {
            this.qualifiedName = qualifiedName;
            this.storageType = storageType;
        }

        String qualifiedName() {
            return qualifiedName;
        }

        /** The format of a storage class; null for what is not one. */
        DType storageType() {
            return storageType;
        }

        @Override
        public String kind() {
            return qualifiedName;
        }
    }

    /** A block of elements in an entry of the archive. */
    record Storage(DType dtype, String key, long elements) implements TorchValue {
        @Override
        public String kind() {
            return "a storage";
        }
    }

    /** A view of a storage: element {@code offset + sum(index * stride)}, counted in elements. */
    record View(Storage storage, long offset, List<Long> shape, List<Long> strides) implements TorchValue {
        @Override
        public String kind() {
            return "a tensor";
        }
    }
}
