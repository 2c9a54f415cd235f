package io.github.mamba4j.weights.file.torch;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;

/** Writes pickles opcode by opcode, and zip archives of stored entries. */
public final class TorchBytes {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    public TorchBytes() {
        op(0x80).op(2);
    }

    public TorchBytes op(int... bytes) {
        for (int b : bytes) {
            out.write(b);
        }
        return this;
    }

    public TorchBytes text(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        op('X').u32(utf8.length);
        out.writeBytes(utf8);
        return this;
    }

    public TorchBytes u32(long value) {
        return op((int) value, (int) (value >> 8), (int) (value >> 16), (int) (value >> 24));
    }

    /** LONG1 of 8 bytes. */
    public TorchBytes integer(long value) {
        return op(0x8a, 8).u32(value).u32(value >> 32);
    }

    public TorchBytes global(String module, String name) {
        out.writeBytes(("c" + module + "\n" + name + "\n").getBytes(StandardCharsets.UTF_8));
        return this;
    }

    public TorchBytes integers(long... values) {
        op('(');
        for (long value : values) {
            integer(value);
        }
        return op('t');
    }

    public TorchBytes storage(String type, String key, long elements) {
        return op('(').text("storage").global("torch", type).text(key).text("cpu").integer(elements).op('t', 'Q');
    }

    /** {@code _rebuild_tensor_v2(storage, offset, shape, strides, False, OrderedDict())}. */
    public TorchBytes tensor(String type, String key, long elements, long offset, long[] shape, long... strides) {
        return global("torch._utils", "_rebuild_tensor_v2").op('(').storage(type, key, elements).integer(offset)
                .integers(shape).integers(strides).op(0x89).global("collections", "OrderedDict").op(')', 'R', 't', 'R');
    }

    /** {@code _rebuild_tensor_v3(storage, 0, shape, strides, False, OrderedDict(), dtype)} of an untyped storage. */
    public TorchBytes tensorOfType(String type, String key, long bytes, long[] shape, long... strides) {
        return global("torch._utils", "_rebuild_tensor_v3").op('(').op('(').text("storage")
                .global("torch.storage", "UntypedStorage").text(key).text("cpu").integer(bytes).op('t', 'Q').integer(0)
                .integers(shape).integers(strides).op(0x89).global("collections", "OrderedDict").op(')', 'R')
                .global("torch", type).op('t', 'R');
    }

    public byte[] bytes() {
        return out.toByteArray();
    }

    /** A file with this pickle and two storages: 12 floats 0 to 11 in data/0, and 8 bytes in data/1. */
    public byte[] file() {
        ByteBuffer floats = ByteBuffer.allocate(48).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 12; i++) {
            floats.putFloat(i);
        }
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put("m/data.pkl", bytes());
        entries.put("m/byteorder", "little".getBytes(StandardCharsets.US_ASCII));
        entries.put("m/data/0", floats.array());
        entries.put("m/data/1", new byte[]{1, 2, 3, 4, 5, 6, 7, 8});
        return zip(entries, false);
    }

    /** An archive as torch.save writes it; with zip64 fields for everything, as in those of more than 4 GB. */
    public static byte[] zip(Map<String, byte[]> entries, boolean zip64) {
        int contents = entries.values().stream().mapToInt(content -> content.length).sum();
        ByteBuffer zip = ByteBuffer.allocate(contents + 300 * (1 + entries.size())).order(ByteOrder.LITTLE_ENDIAN);
        Map<String, Integer> offsets = new LinkedHashMap<>();
        entries.forEach((name, content) -> {
            offsets.put(name, zip.position());
            byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
            zip.putInt(0x04034b50).putShort((short) 20).putShort((short) 0x800).putShort((short) 0).putInt(0)
                    .putInt(crc(content)).putInt(content.length).putInt(content.length).putShort((short) utf8.length);
            // torch.save pads in the extra field, so that the content begins at a multiple of 64.
            int padding = Math.floorMod(-(zip.position() + 2 + utf8.length), 64);
            zip.putShort((short) padding).put(utf8).put(new byte[padding]).put(content);
        });
        int directory = zip.position();
        entries.forEach((name, content) -> {
            byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
            int size = zip64 ? -1 : content.length;
            zip.putInt(0x02014b50).putShort((short) 20).putShort((short) 20).putShort((short) 0x800).putShort((short) 0)
                    .putInt(0).putInt(crc(content)).putInt(size).putInt(size).putShort((short) utf8.length)
                    .putShort((short) (zip64 ? 32 : 0)).putShort((short) 0).putShort((short) 0).putShort((short) 0)
                    .putInt(0).putInt(zip64 ? -1 : offsets.get(name)).put(utf8);
            if (zip64) {
                // Another field before the one that counts.
                zip.putShort((short) 0x7075).putShort((short) 0).putShort((short) 1).putShort((short) 24)
                        .putLong(content.length).putLong(content.length).putLong(offsets.get(name));
            }
        });
        int end = zip.position();
        if (zip64) {
            zip.putInt(0x06064b50).putLong(44).putShort((short) 45).putShort((short) 45).putInt(0).putInt(0)
                    .putLong(entries.size()).putLong(entries.size()).putLong(end - directory).putLong(directory);
            zip.putInt(0x07064b50).putInt(0).putLong(end).putInt(1);
        }
        short count = (short) (zip64 ? -1 : entries.size());
        zip.putInt(0x06054b50).putShort((short) 0).putShort((short) 0).putShort(count).putShort(count)
                .putInt(zip64 ? -1 : end - directory).putInt(zip64 ? -1 : directory).putShort((short) 0);
        byte[] bytes = new byte[zip.position()];
        zip.flip().get(bytes);
        return bytes;
    }

    private static int crc(byte[] content) {
        CRC32 crc = new CRC32();
        crc.update(content);
        return (int) crc.getValue();
    }
}
