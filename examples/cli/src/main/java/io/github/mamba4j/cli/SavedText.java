package io.github.mamba4j.cli;

import io.github.mamba4j.engine.AtomicFile;
import io.github.mamba4j.engine.MambaModel;
import io.github.mamba4j.engine.MambaState;
import io.github.mamba4j.engine.StateFormatException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * All that it takes to go on with a text as if it had never been interrupted. The saved form, in little-endian numbers:
 *
 * <pre>
 * magic       8 bytes   "MAMBA4JT"
 * version     int32     1
 * pending     int32     the last token
 * count       int32     of the tokens before it
 * tokens      int32 each
 * checksum    int32     CRC-32C of everything before it
 * state       what these tokens made of the state, as {@link MambaState#save} writes it
 * </pre>
 *
 * @param consumed the tokens that the state has consumed: rules against repetition look at them
 * @param pendingToken the last token, which the model has not seen yet
 * @param state the state
 */
record SavedText(int[] consumed, int pendingToken, MambaState state) {
    private static final long MAGIC = 0x544a_3441_424d_414dL;
    private static final int VERSION = 1;
    private static final int HEADER_BYTES = 8 + 3 * 4;

    /**
     * Writes the text; an interruption leaves the file as it was.
     *
     * @param file the file
     * @throws IOException if that is impossible
     */
    void save(Path file) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(HEADER_BYTES + Integer.BYTES * (consumed.length + 1))
                .order(ByteOrder.LITTLE_ENDIAN);
        buffer.putLong(MAGIC).putInt(VERSION).putInt(pendingToken).putInt(consumed.length);
        for (int token : consumed) {
            buffer.putInt(token);
        }
        buffer.putInt(checksum(buffer));
        AtomicFile.replace(file, out -> {
            out.write(buffer.array());
            state.save(out);
        });
    }

    /**
     * Reads a text.
     *
     * @param file the file
     * @param model the model that the text belongs to
     * @return the text
     * @throws IOException naming the file, if it cannot be read, is damaged or belongs to another model
     */
    static SavedText load(Path file, MambaModel model) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            ByteBuffer header = ByteBuffer.wrap(in.readNBytes(HEADER_BYTES)).order(ByteOrder.LITTLE_ENDIAN);
            if (header.remaining() < HEADER_BYTES || header.getLong() != MAGIC) {
                throw new StateFormatException("not a text that was saved by --state-out");
            }
            int version = header.getInt();
            if (version != VERSION) {
                throw new StateFormatException("expected version " + VERSION + " of the format, found " + version);
            }
            int pending = header.getInt();
            int[] consumed = tokens(in, header, header.getInt());
            MambaState state = MambaState.load(in, model);
            if (state.tokensConsumed() != consumed.length || in.read() >= 0) {
                throw new StateFormatException("the tokens and the state do not belong together");
            }
            return new SavedText(consumed, pending, state);
        } catch (FileSystemException e) {
            throw e;
        } catch (IOException e) {
            throw new IOException(file + ": " + e.getMessage().replaceFirst("^the stream: ", ""), e);
        }
    }

    private static int[] tokens(InputStream in, ByteBuffer header, int count) throws IOException {
        // What is not there is not allocated either, whatever the count says.
        long size = Integer.BYTES * (count + 1L);
        byte[] bytes = in.readNBytes(Math.clamp(size, 0, Integer.MAX_VALUE - 8));
        if (count < 0 || bytes.length != size) {
            throw new StateFormatException("the file ends too early");
        }
        ByteBuffer all = ByteBuffer.allocate(HEADER_BYTES + bytes.length).order(ByteOrder.LITTLE_ENDIAN)
                .put(header.array()).put(bytes);
        int[] tokens = new int[count];
        all.position(HEADER_BYTES).slice().order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(tokens);
        all.position(all.capacity() - Integer.BYTES);
        if (checksum(all) != all.getInt()) {
            throw new StateFormatException("the checksum is wrong: the file is damaged");
        }
        return tokens;
    }

    /** Of everything before the buffer's position. */
    private static int checksum(ByteBuffer buffer) {
        var crc = new CRC32C();
        crc.update(buffer.array(), 0, buffer.position());
        return (int) crc.getValue();
    }
}
