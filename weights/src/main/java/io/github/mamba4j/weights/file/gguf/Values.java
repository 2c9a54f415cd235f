package io.github.mamba4j.weights.file.gguf;

import io.github.mamba4j.weights.CheckpointException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.Function;

/** Reads values of metadata that have been checked to lie within the file. */
final class Values {
    private Values() {}

    /** A whole number; {@code wrong} makes the exception out of what was expected. */
    static long integer(MemorySegment file, GgufValueType type, long at, Function<String, CheckpointException> wrong)
            throws CheckpointException {
        return switch (type) {
            case UINT8 -> file.get(ValueLayout.JAVA_BYTE, at) & 0xffL;
            case INT8 -> file.get(ValueLayout.JAVA_BYTE, at);
            case UINT16 -> file.get(Cursor.I16, at) & 0xffffL;
            case INT16 -> file.get(Cursor.I16, at);
            case UINT32 -> file.get(Cursor.I32, at) & 0xffff_ffffL;
            case INT32 -> file.get(Cursor.I32, at);
            case INT64 -> file.get(Cursor.I64, at);
            case UINT64 -> {
                long value = file.get(Cursor.I64, at);
                if (value < 0) {
                    throw wrong.apply("whole numbers below 2^63");
                }
                yield value;
            }
            case FLOAT32, FLOAT64, BOOL, STRING, ARRAY -> throw wrong.apply("whole numbers");
        };
    }

    /** A number of any type. */
    static double number(MemorySegment file, GgufValueType type, long at, Function<String, CheckpointException> wrong)
            throws CheckpointException {
        return switch (type) {
            case FLOAT32 -> Float.intBitsToFloat(file.get(Cursor.I32, at));
            case FLOAT64 -> Double.longBitsToDouble(file.get(Cursor.I64, at));
            case BOOL, STRING, ARRAY -> throw wrong.apply("numbers");
            default -> integer(file, type, at, wrong);
        };
    }

    /** An array; {@code at} is where its type lies. */
    static GgufArray array(String location, String what, MemorySegment file, long at) throws CheckpointException {
        var cursor = new Cursor(location, file, at, file.byteSize());
        GgufValueType type = cursor.valueType(what);
        long size = cursor.i64(what);
        return new GgufArray(location, what, file, type, size, cursor.at());
    }
}
