package io.github.mamba4j.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * NumPy's file format, version 1.0: a magic string, the version, the length of a header in 16 bits, the header (a Python
 * dictionary, with spaces and a line end up to a multiple of 64 bytes), and the numbers. Here these are float32,
 * little-endian, row by row.
 */
final class NpyWriter {
    private static final int ALIGNMENT = 64;
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};

    private NpyWriter() {}

    /**
     * Writes a matrix.
     *
     * @param rows its rows
     * @param columns the length of each
     * @param out where to write to; not closed
     * @throws IOException if writing fails
     */
    static void write(List<float[]> rows, int columns, OutputStream out) throws IOException {
        String header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + rows.size() + ", " + columns + "), }";
        int unpadded = MAGIC.length + 2 + header.length() + 1;
        int length = Math.ceilDiv(unpadded, ALIGNMENT) * ALIGNMENT;
        ByteBuffer start = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        start.put(MAGIC).putShort((short) (length - MAGIC.length - 2));
        start.put((header + " ".repeat(length - unpadded) + "\n").getBytes(StandardCharsets.US_ASCII));
        out.write(start.array());
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * columns).order(ByteOrder.LITTLE_ENDIAN);
        for (float[] row : rows) {
            bytes.asFloatBuffer().put(row);
            out.write(bytes.array());
        }
    }
}
