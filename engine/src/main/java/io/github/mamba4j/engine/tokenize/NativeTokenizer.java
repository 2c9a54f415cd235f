package io.github.mamba4j.engine.tokenize;

import ai.djl.huggingface.tokenizers.jni.CharSpan;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import io.github.mamba4j.weights.CheckpointException;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * A tokenizer of Hugging Face's native library, called directly and not through DJL's HuggingFaceTokenizer, which sends a
 * request to the machine's cloud metadata service when made, cuts texts at 512 tokens unless told otherwise, and fetches
 * offsets and words of every token, many times the work of the ids. Thread-safe.
 */
final class NativeTokenizer implements AutoCloseable {
    /** Native memory, some 200 bytes a char, is beyond the limits of the JVM, and the work cannot be interrupted. */
    static final int MAX_TEXT_CHARS = 8 << 20;

    /** Readers use the native object; the writer closes. */
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    /** The native object; 0 when closed. */
    private long handle;

    private NativeTokenizer(long handle) {
        this.handle = handle;
    }

    /** Makes one of a file that {@link NativeAllowList} has let through. */
    static NativeTokenizer create(String location, String json) throws CheckpointException {
        NativeLibrary.load();
        try {
            long handle = TokenizersLibrary.LIB.createTokenizerFromString(json);
            TokenizersLibrary.LIB.disableTruncation(handle);
            TokenizersLibrary.LIB.disablePadding(handle);
            return new NativeTokenizer(handle);
        } catch (RuntimeException e) {
            throw new CheckpointException(location + ": not a usable tokenizer: " + e.getMessage(), e);
        }
    }

    /** Something that is done with an encoding. */
    @FunctionalInterface
    private interface Reading<T> {
        T read(long encoding);
    }

    /** The text must not have lone surrogates: native code would end the process over one. */
    private <T> T encode(String text, boolean addSpecialTokens, Reading<T> reading) {
        if (text.length() > MAX_TEXT_CHARS) {
            throw new IllegalArgumentException("a text of " + text.length() + " chars: expected at most "
                    + MAX_TEXT_CHARS + " with the native tokenizer");
        }
        lock.readLock().lock();
        try {
            requireOpen();
            long encoding = TokenizersLibrary.LIB.encode(handle, text, addSpecialTokens);
            try {
                return reading.read(encoding);
            } finally {
                TokenizersLibrary.LIB.deleteEncoding(encoding);
            }
        } finally {
            lock.readLock().unlock();
        }
    }

    private void requireOpen() {
        if (handle == 0) {
            throw new IllegalStateException("the tokenizer is closed");
        }
    }

    int[] encode(String text, boolean addSpecialTokens) {
        return encode(text, addSpecialTokens, encoding -> toInts(TokenizersLibrary.LIB.getTokenIds(encoding)));
    }

    TokenizedText encodeWithOffsets(String text, boolean addSpecialTokens) {
        return encode(text, addSpecialTokens, encoding -> {
            int[] ids = toInts(TokenizersLibrary.LIB.getTokenIds(encoding));
            CharSpan[] spans = TokenizersLibrary.LIB.getTokenCharSpans(encoding);
            int[] places = places(text);
            int[] starts = new int[ids.length];
            int[] ends = new int[ids.length];
            for (int i = 0; i < ids.length; i++) {
                if (spans[i] != null) {
                    starts[i] = places[spans[i].getStart()];
                    ends[i] = places[spans[i].getEnd()];
                }
            }
            return new TokenizedText(ids, starts, ends);
        });
    }

    /** By code point: the index of its first char. */
    private static int[] places(String text) {
        int[] places = new int[text.length() + 1];
        int count = 0;
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            places[count++] = i;
        }
        places[count] = text.length();
        return places;
    }

    private static int[] toInts(long[] ids) {
        int[] ints = new int[ids.length];
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] > Integer.MAX_VALUE) {
                throw new IllegalStateException("the tokenizer's file gives a token the id " + ids[i]);
            }
            ints[i] = (int) ids[i];
        }
        return ints;
    }

    /** What Hugging Face's own decoder says, to be compared with. */
    String decode(int... ids) {
        lock.readLock().lock();
        try {
            requireOpen();
            return TokenizersLibrary.LIB.decode(handle, Arrays.stream(ids).asLongStream().toArray(), true);
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Frees the native tokenizer. Waits for calls that still run. */
    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            if (handle != 0) {
                TokenizersLibrary.LIB.deleteTokenizer(handle);
                handle = 0;
            }
        } finally {
            lock.writeLock().unlock();
        }
    }
}
