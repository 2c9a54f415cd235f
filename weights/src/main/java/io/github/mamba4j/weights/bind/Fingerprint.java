package io.github.mamba4j.weights.bind;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.stream.LongStream;
import java.util.zip.CRC32C;

/**
 * A digest of all parameters: the first 8 bytes of SHA-256 over the configuration and each one's format, shape and the CRC-32C of each of its
 * pieces. The checks run at the rate of memory, where SHA-256 of everything would take a minute for a large model; that they
 * miss a difference by accident is as likely as one in 2^32.
 */
final class Fingerprint {
    private static final long PIECE = 1 << 22;

    private Fingerprint() {}

    static long of(String config, List<Parameter> parameters) {
        MessageDigest digest = sha256();
        digest.update(config.getBytes(StandardCharsets.UTF_8));
        for (Parameter p : parameters) {
            digest.update((p.dtype().name() + p.shape()).getBytes(StandardCharsets.US_ASCII));
            MemorySegment data = p.data();
            long[] checks = LongStream.range(0, Math.ceilDiv(data.byteSize(), PIECE)).parallel()
                    .map(i -> check(data, i * PIECE)).toArray();
            ByteBuffer bytes = ByteBuffer.allocate(checks.length * Long.BYTES);
            bytes.asLongBuffer().put(checks);
            digest.update(bytes);
        }
        return ByteBuffer.wrap(digest.digest()).getLong();
    }

    private static long check(MemorySegment data, long from) {
        CRC32C crc = new CRC32C();
        MemorySegment piece = data.asSlice(from, Math.min(PIECE, data.byteSize() - from));
        if (piece.isNative()) {
            crc.update(piece.asByteBuffer());
        } else {
            // An array of floats has no view as bytes.
            crc.update(piece.toArray(ValueLayout.JAVA_BYTE));
        }
        return crc.getValue();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
