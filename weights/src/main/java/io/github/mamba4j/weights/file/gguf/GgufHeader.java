package io.github.mamba4j.weights.file.gguf;

import io.github.mamba4j.weights.CheckpointException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What stands before the data of a GGUF file. All of it is checked before anything is allocated that its numbers ask for;
 * what is allocated is bounded whatever they say.
 *
 * @param version 2 or 3
 * @param metadata the metadata
 * @param tensors the tensors in the order of the file
 */
record GgufHeader(int version, GgufMetadata metadata, List<GgufTensor> tensors) {
    /** Entries and tensors: ten times what the largest models have. */
    static final int MAX_COUNT = 1 << 15;

    static final String ALIGNMENT_KEY = "general.alignment";
    static final int DEFAULT_ALIGNMENT = 32;

    private static final int MAGIC = 'G' | 'G' << 8 | 'U' << 16 | 'F' << 24;
    /** Vocabularies make the longest headers, of some 30 MB. */
    private static final long MAX_HEADER_BYTES = 1L << 28;
    private static final int MAX_KEY_BYTES = 65_535;
    private static final int MAX_ALL_KEYS_BYTES = 1 << 22;
    private static final int MAX_NAME_BYTES = 128;
    private static final int MAX_RANK = 4;
    private static final long MAX_ALIGNMENT = 1 << 20;

    /**
     * Reads and checks a header.
     *
     * @param location the file, for messages
     * @param file the whole file
     */
    static GgufHeader read(String location, MemorySegment file) throws CheckpointException {
        var cursor = new Cursor(location, file, 0, Math.min(file.byteSize(), MAX_HEADER_BYTES));
        int version = readVersion(cursor);
        // A tensor takes a length, no dimensions, a type and an offset at least; an entry a length, a type and a byte.
        long tensorCount = cursor.count(24, MAX_COUNT, "number of tensors");
        long entryCount = cursor.count(13, MAX_COUNT, "number of metadata entries");
        var metadata = new GgufMetadata(location, file, readEntries(cursor, (int) entryCount));
        List<Info> infos = readInfos(cursor, (int) tensorCount);
        long alignment = alignment(cursor, metadata);
        MemorySegment data = MemorySegment.NULL;
        if (!infos.isEmpty()) {
            long begin = (cursor.at() + alignment - 1) / alignment * alignment;
            if (begin > file.byteSize()) {
                throw cursor.wrong("tensors", "data from byte " + begin + " on", file.byteSize() + " bytes");
            }
            data = file.asSlice(begin);
        }
        return new GgufHeader(version, metadata, new Locating(cursor, location, alignment, data).locate(infos));
    }

    private static int readVersion(Cursor cursor) throws CheckpointException {
        int magic = cursor.i32("magic number");
        if (magic != MAGIC) {
            throw cursor.wrong("magic number", "the letters GGUF", String.format("0x%08x", magic));
        }
        int version = cursor.i32("version");
        if (version != 2 && version != 3) {
            boolean bigEndian = (version & 0xffff) == 0 && version != 0;
            throw cursor.wrong("version", "2 or 3",
                    bigEndian ? "a big-endian file" : Integer.toUnsignedString(version));
        }
        return version;
    }

    private static Map<String, GgufMetadata.Entry> readEntries(Cursor cursor, int count) throws CheckpointException {
        Map<String, GgufMetadata.Entry> entries = new LinkedHashMap<>();
        long keyBytes = 0;
        for (int i = 0; i < count; i++) {
            long before = cursor.at();
            String key = cursor.string(MAX_KEY_BYTES, "key " + i + " of the metadata");
            keyBytes += cursor.at() - before;
            if (keyBytes > MAX_ALL_KEYS_BYTES) {
                throw cursor.wrong("metadata", "keys of " + MAX_ALL_KEYS_BYTES + " bytes in all", "more");
            }
            String what = "metadata '" + key + "'";
            GgufValueType type = cursor.valueType(what);
            long begin = cursor.at();
            cursor.skip(type, what);
            if (entries.put(key, new GgufMetadata.Entry(type, begin, cursor.at())) != null) {
                throw cursor.wrong(what, "a key of its own", "it twice");
            }
        }
        return entries;
    }

    /** What the header says of a tensor, before it is known to fit the data. */
    private record Info(String name, GgufType type, List<Long> shape, long bytes, long offset) {}

    private static List<Info> readInfos(Cursor cursor, int count) throws CheckpointException {
        List<Info> infos = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < count; i++) {
            String name = cursor.string(MAX_NAME_BYTES, "name of tensor " + i);
            String what = "tensor '" + name + "'";
            if (!names.add(name)) {
                throw cursor.wrong(what, "a name of its own", "it twice");
            }
            List<Long> shape = readShape(cursor, what);
            int number = cursor.i32(what);
            GgufType type = GgufType.of(number).orElseThrow(
                    () -> cursor.wrong(what + ", type", "a number that ggml uses", Integer.toUnsignedString(number)));
            if (type.blockSize() == 0) {
                throw cursor.wrong(what, "one of the types " + GgufType.supported(),
                        type + " (" + number + "), which ggml has removed or programs disagree about");
            }
            infos.add(new Info(name, type, shape, bytes(cursor, what, type, shape), cursor.i64(what)));
        }
        return infos;
    }

    /** Reads the dimensions and turns their order round. */
    private static List<Long> readShape(Cursor cursor, String what) throws CheckpointException {
        int rank = cursor.i32(what);
        if (rank < 0 || rank > MAX_RANK) {
            throw cursor.wrong(what, MAX_RANK + " dimensions at most", Integer.toUnsignedString(rank));
        }
        List<Long> shape = new ArrayList<>(rank);
        for (int i = 0; i < rank; i++) {
            long size = cursor.i64(what);
            if (size < 0) {
                throw cursor.wrong(what + ", dimension " + i, "a size below 2^63", Long.toUnsignedString(size));
            }
            shape.addFirst(size);
        }
        return shape;
    }

    private static long bytes(Cursor cursor, String what, GgufType type, List<Long> shape) throws CheckpointException {
        long columns = shape.isEmpty() ? 1 : shape.getLast();
        if (columns % type.blockSize() != 0) {
            throw cursor.wrong(what, type + " rows in whole blocks of " + type.blockSize(), shape);
        }
        try {
            long elements = 1;
            for (long size : shape) {
                elements = Math.multiplyExact(elements, size);
            }
            return Math.multiplyExact(elements / type.blockSize(), type.blockBytes());
        } catch (ArithmeticException e) {
            throw cursor.wrong(what, "a size below 2^63 bytes", type + " " + shape);
        }
    }

    private static long alignment(Cursor cursor, GgufMetadata metadata) throws CheckpointException {
        OptionalLong alignment = metadata.integer(ALIGNMENT_KEY);
        if (alignment.isEmpty()) {
            return DEFAULT_ALIGNMENT;
        }
        long value = alignment.getAsLong();
        if (value <= 0 || value > MAX_ALIGNMENT || Long.bitCount(value) != 1) {
            throw cursor.wrong("metadata '" + ALIGNMENT_KEY + "'", "a power of 2 up to " + MAX_ALIGNMENT, value);
        }
        return value;
    }

    /** Finds the data of the tensors. */
    private record Locating(Cursor cursor, String location, long alignment, MemorySegment data) {
        List<GgufTensor> locate(List<Info> infos) throws CheckpointException {
            List<GgufTensor> tensors = new ArrayList<>(infos.size());
            for (Info info : infos) {
                check(info);
                tensors.add(new GgufTensor(location, info.name(), info.type(), info.shape(),
                        data.asSlice(info.offset(), info.bytes())));
            }
            checkOverlap(infos);
            return tensors;
        }

        private void check(Info info) throws CheckpointException {
            String what = "tensor '" + info.name() + "'";
            long offset = info.offset();
            if (offset < 0 || offset % alignment != 0) {
                throw cursor.wrong(what, "an offset that is a multiple of " + alignment,
                        Long.toUnsignedString(offset));
            }
            if (offset > data.byteSize() || info.bytes() > data.byteSize() - offset) {
                throw cursor.wrong(what, info.bytes() + " bytes at offset " + offset,
                        data.byteSize() + " bytes of data");
            }
        }

        private void checkOverlap(List<Info> infos) throws CheckpointException {
            List<Info> sorted = new ArrayList<>(infos);
            // Empty tensors come before the one that begins at the same place.
            sorted.sort(Comparator.comparingLong(Info::offset).thenComparingLong(Info::bytes));
            long end = 0;
            for (Info info : sorted) {
                if (info.offset() < end) {
                    throw cursor.wrong("tensor '" + info.name() + "'", "data from offset " + end + " on",
                            info.offset() + ": tensors overlap");
                }
                end = info.offset() + info.bytes();
            }
        }
    }
}
