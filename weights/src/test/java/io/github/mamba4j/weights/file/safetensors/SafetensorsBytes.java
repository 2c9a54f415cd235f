package io.github.mamba4j.weights.file.safetensors;

import io.github.mamba4j.kernels.DType;
import io.github.mamba4j.weights.file.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Writes safetensors files, sound ones and others. */
public final class SafetensorsBytes {
    private SafetensorsBytes() {}

    /** A file of the length, the header and the data, whether they fit or not. */
    public static byte[] file(long length, String header, int dataBytes) {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + json.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN).putLong(length).put(json)
                .array();
    }

    public static byte[] file(String header, int dataBytes) {
        return file(header.getBytes(StandardCharsets.UTF_8).length, header, dataBytes);
    }

    /** A sound file of tensors, in the order of the map. */
    public static byte[] of(Map<String, Tensor> tensors) {
        StringBuilder header = new StringBuilder("{\"__metadata__\":{\"format\":\"pt\"}");
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        tensors.forEach((name, tensor) -> {
            byte[] bytes = tensor.data().toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
            header.append(",\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}".formatted(name,
                    tensor.type(), tensor.shape(), data.size(), data.size() + bytes.length));
            data.writeBytes(bytes);
        });
        byte[] json = header.append('}').toString().getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + json.length + data.size()).order(ByteOrder.LITTLE_ENDIAN).putLong(json.length)
                .put(json).put(data.toByteArray()).array();
    }

    public static void write(Path file, Map<String, Tensor> tensors) throws IOException {
        Files.write(file, of(tensors));
    }

    /** A tensor of floats, stored in a format. */
    public static Tensor tensor(String name, DType dtype, List<Long> shape, float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * dtype.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            switch (dtype) {
                case F64 -> bytes.putDouble(value);
                case F32 -> bytes.putFloat(value);
                case F16 -> bytes.putShort(Float.floatToFloat16(value));
                case BF16 -> bytes.putShort(toBf16(value));
                default -> throw new AssertionError(dtype);
            }
        }
        return new Tensor(name, dtype, shape, MemorySegment.ofArray(bytes.array()));
    }

    /** The nearest of the two neighbours, told by their distances. */
    private static short toBf16(float value) {
        int down = Float.floatToRawIntBits(value) & 0xFFFF_0000;
        int up = down + 0x1_0000;
        float below = value - Float.intBitsToFloat(down);
        float above = Float.intBitsToFloat(up) - value;
        boolean isEven = (down & 0x1_0000) == 0;
        boolean goesDown = Math.abs(below) < Math.abs(above) || Math.abs(below) == Math.abs(above) && isEven;
        return (short) ((goesDown || !Float.isFinite(above) ? down : up) >>> 16);
    }
}
