package io.github.mamba4j.engine.tokenize.pattern;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Classes of code points that a pattern's sets do not tell apart. They are numbered from 1 as they are met; pages of 256
 * code points are looked up in the sets when one of them first comes. Not thread-safe.
 */
final class CharClasses {
    private static final int PAGE_SHIFT = 8;
    private static final int PAGE_SIZE = 1 << PAGE_SHIFT;

    private final List<CharSet> sets;
    private final byte[][] pages = new byte[(Character.MAX_CODE_POINT >> PAGE_SHIFT) + 1][];
    private final Map<Long, Integer> numbers = new HashMap<>();
    /** By class: bit n says whether its code points are in the set n. */
    private long[] signatures = new long[16];

    CharClasses(List<CharSet> sets) {
        this.sets = sets;
    }

    int of(int codePoint) {
        byte[] page = pages[codePoint >> PAGE_SHIFT];
        if (page == null) {
            page = page(codePoint >> PAGE_SHIFT);
        }
        return page[codePoint & PAGE_SIZE - 1] & 0xFF;
    }

    boolean isIn(int number, int set) {
        return (signatures[number] >> set & 1) != 0;
    }

    private byte[] page(int index) {
        byte[] page = new byte[PAGE_SIZE];
        for (int i = 0; i < PAGE_SIZE; i++) {
            long signature = 0;
            for (int set = 0; set < sets.size(); set++) {
                signature |= sets.get(set).contains(index << PAGE_SHIFT | i) ? 1L << set : 0;
            }
            page[i] = (byte) number(signature);
        }
        pages[index] = page;
        return page;
    }

    private int number(long signature) {
        Integer known = numbers.get(signature);
        if (known != null) {
            return known;
        }
        int number = numbers.size() + 1;
        if (number > 0xFF) {
            throw new IllegalStateException("a pattern with more classes than were counted");
        }
        numbers.put(signature, number);
        if (number >= signatures.length) {
            signatures = Arrays.copyOf(signatures, 2 * number);
        }
        signatures[number] = signature;
        return number;
    }
}
