package io.github.mamba4j.weights.file.torch;

import io.github.mamba4j.weights.file.StoredType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

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

    /** A value that is known but that nothing depends on: None, a bool, a float, the content of a list. */
    record Other(String kind) implements TorchValue {
        /** Any list: what is in it is forgotten. */
        static final Other LIST = new Other("a list");
    }

    /** A {@code torch.dtype}; the type is empty if safetensors has no such one. */
    record NumberType(String name, Optional<StoredType> type) implements TorchValue {
        private static final Map<String, StoredType> TYPES = Map.ofEntries(Map.entry("torch.float64", StoredType.F64),
                Map.entry("torch.float32", StoredType.F32), Map.entry("torch.float16", StoredType.F16),
                Map.entry("torch.bfloat16", StoredType.BF16), Map.entry("torch.int64", StoredType.I64),
                Map.entry("torch.int32", StoredType.I32), Map.entry("torch.int16", StoredType.I16),
                Map.entry("torch.int8", StoredType.I8), Map.entry("torch.uint8", StoredType.U8),
                Map.entry("torch.bool", StoredType.BOOL), Map.entry("torch.uint16", StoredType.U16),
                Map.entry("torch.uint32", StoredType.U32), Map.entry("torch.uint64", StoredType.U64),
                Map.entry("torch.float8_e4m3fn", StoredType.F8_E4M3),
                Map.entry("torch.float8_e5m2", StoredType.F8_E5M2),
                Map.entry("torch.float8_e4m3fnuz", StoredType.F8_E4M3FNUZ),
                Map.entry("torch.float8_e5m2fnuz", StoredType.F8_E5M2FNUZ),
                Map.entry("torch.float8_e8m0fnu", StoredType.F8_E8M0), Map.entry("torch.complex64", StoredType.C64));
        private static final Set<String> OTHERS = Set.of("torch.complex32", "torch.complex128", "torch.qint8",
                "torch.quint8", "torch.qint32");

        /** The type that a global names, if it names one. */
        static Optional<NumberType> find(String global) {
            Optional<StoredType> type = Optional.ofNullable(TYPES.get(global));
            return type.isPresent() || OTHERS.contains(global)
                    ? Optional.of(new NumberType(global, type))
                    : Optional.empty();
        }

        @Override
        public String kind() {
            return name;
        }
    }

    /** A tuple. */
    record Tuple(List<TorchValue> items) implements TorchValue {
        @Override
        public String kind() {
            return "a tuple of " + items.size();
        }
    }

    /** A dict or an OrderedDict: what it has under strings. Other keys name no tensor. */
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
        /** The same for types that have no storage class of their own. */
        REBUILD_TENSOR_OF_TYPE("torch._utils._rebuild_tensor_v3", null),
        /** Makes a parameter of a view. */
        REBUILD_PARAMETER("torch._utils._rebuild_parameter", null),
        /** A shape, as a value. */
        SIZE("torch.Size", null),
        /** Where a tensor was. */
        DEVICE("torch.device", null),
        /** A set, as protocol 2 names it. */
        SET("__builtin__.set", null),
        /** The same under its present name. */
        BUILTIN_SET("builtins.set", null),
        /** Bytes, which protocol 2 writes as text. */
        ENCODE("_codecs.encode", null),
        /** Storage of bytes of which the tensor tells the type. */
        UNTYPED("torch.storage.UntypedStorage", StoredType.U8),
        /** Storage of 64-bit floats. */
        DOUBLE("torch.DoubleStorage", StoredType.F64),
        /** Storage of 32-bit floats. */
        FLOAT("torch.FloatStorage", StoredType.F32),
        /** Storage of 16-bit floats. */
        HALF("torch.HalfStorage", StoredType.F16),
        /** Storage of the upper halves of 32-bit floats. */
        BFLOAT16("torch.BFloat16Storage", StoredType.BF16),
        /** Storage of 64-bit integers. */
        LONG("torch.LongStorage", StoredType.I64),
        /** Storage of 32-bit integers. */
        INT("torch.IntStorage", StoredType.I32),
        /** Storage of 16-bit integers. */
        SHORT("torch.ShortStorage", StoredType.I16),
        /** Storage of signed bytes. */
        CHAR("torch.CharStorage", StoredType.I8),
        /** Storage of unsigned bytes. */
        BYTE("torch.ByteStorage", StoredType.U8),
        /** Storage of bytes that are 0 or 1. */
        BOOL("torch.BoolStorage", StoredType.BOOL),
        /** Storage of complex numbers of two 32-bit floats. */
        COMPLEX_FLOAT("torch.ComplexFloatStorage", StoredType.C64);

        private final String qualifiedName;
        private final StoredType storageType;

        Global(String qualifiedName, StoredType storageType) {
            this.qualifiedName = qualifiedName;
            this.storageType = storageType;
        }

        String qualifiedName() {
            return qualifiedName;
        }

        /** The format of a storage class; null for what is not one. */
        StoredType storageType() {
            return storageType;
        }

        @Override
        public String kind() {
            return qualifiedName;
        }
    }

    /** A block of elements in an entry of the archive. */
    record Storage(StoredType type, String key, long elements) implements TorchValue {
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
