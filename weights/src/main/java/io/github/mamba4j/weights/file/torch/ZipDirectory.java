package io.github.mamba4j.weights.file.torch;

import io.github.mamba4j.weights.CheckpointException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds the entries of a zip archive in memory, so that they can be used where they are; {@code java.util.zip} gives
 * streams alone. Stored entries only: nothing is inflated, so nothing can blow up. Zip64, which archives of more than 4
 * GB need, is understood. The layout is that of PKWARE's APPNOTE, sections 4.3 and 4.5.3.
 */
final class ZipDirectory {
    private static final int MAX_ENTRIES = 1 << 20;
    private static final int END_SIGNATURE = 0x06054b50;
    private static final int END64_SIGNATURE = 0x06064b50;
    private static final int LOCATOR64_SIGNATURE = 0x07064b50;
    private static final int ENTRY_SIGNATURE = 0x02014b50;
    private static final int LOCAL_SIGNATURE = 0x04034b50;
    private static final int END_BYTES = 22;
    private static final int MAX_COMMENT = 0xFFFF;
    /** Stands in 32 bits for a number that is in the zip64 field. */
    private static final long IN_ZIP64 = 0xFFFF_FFFFL;
    private static final int ENCRYPTED = 1;

    private static final ValueLayout.OfLong I64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt I32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort I16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final String location;
    private final MemorySegment file;

    private ZipDirectory(String location, MemorySegment file) {
        this.location = location;
        this.file = file;
    }

    /** An entry as the directory tells it: its name, where its local header is, and its size. */
    private record Header(String name, long offset, long size) {}

    /**
     * Reads the directory.
     *
     * @param location the file, for messages
     * @param file the whole archive
     * @return the content of the entries by name, in place
     */
    static Map<String, MemorySegment> read(String location, MemorySegment file) throws CheckpointException {
        return new ZipDirectory(location, file).entries();
    }

    private Map<String, MemorySegment> entries() throws CheckpointException {
        List<Header> headers = headers();
        headers.sort(Comparator.comparingLong(Header::offset));
        Map<String, MemorySegment> entries = LinkedHashMap.newLinkedHashMap(headers.size());
        long free = 0;
        for (Header header : headers) {
            long begin = dataOffset(header);
            require(begin, header.size(), "entry '" + header.name() + "'");
            if (header.offset() < free) {
                throw damaged("entry '" + header.name() + "' overlaps another");
            }
            if (entries.put(header.name(), file.asSlice(begin, header.size())) != null) {
                throw damaged("entry '" + header.name() + "' is listed twice");
            }
            free = begin + header.size();
        }
        return entries;
    }

    private List<Header> headers() throws CheckpointException {
        long end = findEnd();
        long count = u16(end + 10);
        long at = u32(end + 16);
        if (count == 0xFFFF || at == IN_ZIP64) {
            long end64 = findEnd64(end);
            count = file.get(I64, end64 + 32);
            at = file.get(I64, end64 + 48);
        }
        if (count < 0 || count > MAX_ENTRIES) {
            throw damaged("it has " + Long.toUnsignedString(count) + " entries");
        }
        List<Header> headers = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            require(at, 46, "the directory");
            if (file.get(I32, at) != ENTRY_SIGNATURE) {
                throw damaged("the directory has no entry " + i);
            }
            long variable = (long) u16(at + 28) + u16(at + 30) + u16(at + 32);
            require(at, 46 + variable, "the directory");
            headers.add(header(at));
            at += 46 + variable;
        }
        return headers;
    }

    /** The record at the end of the archive, behind which only a comment may be. */
    private long findEnd() throws CheckpointException {
        long last = file.byteSize() - END_BYTES;
        for (long at = last; at >= Math.max(0, last - MAX_COMMENT); at--) {
            if (file.get(I32, at) == END_SIGNATURE && at + END_BYTES + u16(at + 20) == file.byteSize()) {
                return at;
            }
        }
        throw damaged("it has no directory at its end");
    }

    private long findEnd64(long end) throws CheckpointException {
        long locator = end - 20;
        if (locator < 0 || file.get(I32, locator) != LOCATOR64_SIGNATURE) {
            throw damaged("its zip64 directory is missing");
        }
        long end64 = file.get(I64, locator + 8);
        require(end64, 56, "the zip64 directory");
        if (file.get(I32, end64) != END64_SIGNATURE) {
            throw damaged("its zip64 directory is missing");
        }
        return end64;
    }

    /** The entry at an offset of the directory, which is known to be complete. */
    private Header header(long at) throws CheckpointException {
        byte[] name = file.asSlice(at + 46, u16(at + 28)).toArray(ValueLayout.JAVA_BYTE);
        String shown = new String(name, StandardCharsets.UTF_8);
        if ((u16(at + 8) & ENCRYPTED) != 0) {
            throw damaged("entry '" + shown + "' is encrypted");
        }
        if (u16(at + 10) != 0) {
            throw damaged("entry '" + shown + "' is compressed; expected stored entries, as torch.save writes them");
        }
        long stored = u32(at + 20);
        long size = u32(at + 24);
        long offset = u32(at + 42);
        // The zip64 field holds, in this order, those of the numbers that did not fit.
        Zip64Field field = new Zip64Field(shown, at + 46 + name.length, u16(at + 30));
        size = field.resolve(size);
        stored = field.resolve(stored);
        offset = field.resolve(offset);
        if (stored != size) {
            throw damaged("entry '" + shown + "' is stored in " + stored + " bytes but has " + size);
        }
        return new Header(shown, offset, size);
    }

    /** Reads the extra field of 64-bit numbers among the extra fields of an entry. */
    private final class Zip64Field {
        private static final int ID = 1;

        private final String entry;
        private long at;
        private long end;

        Zip64Field(String entry, long from, int length) {
            this.entry = entry;
            long all = from + length;
            for (long field = from; field + 4 <= all; field += 4 + u16(field + 2)) {
                if (u16(field) == ID) {
                    at = field + 4;
                    end = Math.min(all, at + u16(field + 2));
                    return;
                }
            }
        }

        long resolve(long value) throws CheckpointException {
            if (value != IN_ZIP64) {
                return value;
            }
            if (at + 8 > end) {
                throw damaged("entry '" + entry + "' lacks its zip64 field");
            }
            at += 8;
            return file.get(I64, at - 8);
        }
    }

    /** Where the content begins: behind the local header, whose lengths may differ from the directory's. */
    private long dataOffset(Header header) throws CheckpointException {
        String what = "entry '" + header.name() + "'";
        long at = header.offset();
        require(at, 30, what);
        if (file.get(I32, at) != LOCAL_SIGNATURE) {
            throw damaged(what + " is not where the directory says");
        }
        return at + 30 + u16(at + 26) + u16(at + 28);
    }

    private void require(long offset, long length, String what) throws CheckpointException {
        if (offset < 0 || length < 0 || offset > file.byteSize() - length) {
            throw damaged(what + " reaches beyond the end of the file");
        }
    }

    private int u16(long offset) {
        return Short.toUnsignedInt(file.get(I16, offset));
    }

    private long u32(long offset) {
        return Integer.toUnsignedLong(file.get(I32, offset));
    }

    private CheckpointException damaged(String problem) {
        return new CheckpointException(location + ": the zip archive is damaged or truncated: " + problem);
    }
}
