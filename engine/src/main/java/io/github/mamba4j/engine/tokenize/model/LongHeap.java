package io.github.mamba4j.engine.tokenize.model;

import java.util.Arrays;

/** A heap of numbers, the smallest first. Not thread-safe. */
final class LongHeap {
    private static final int KEPT = 1 << 16;

    private long[] heap = new long[64];
    private int size;

    void clear() {
        size = 0;
    }

    int size() {
        return size;
    }

    void shrink() {
        if (size == 0 && heap.length > KEPT) {
            heap = new long[64];
        }
    }

    void add(long value) {
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, Math.toIntExact(2L * size));
        }
        int at = size++;
        while (at > 0) {
            int parent = at - 1 >> 1;
            if (heap[parent] <= value) {
                break;
            }
            heap[at] = heap[parent];
            at = parent;
        }
        heap[at] = value;
    }

    long poll() {
        long top = heap[0];
        long last = heap[--size];
        int at = 0;
        while (true) {
            int child = 2 * at + 1;
            if (child >= size) {
                break;
            }
            if (child + 1 < size && heap[child + 1] < heap[child]) {
                child++;
            }
            if (heap[child] >= last) {
                break;
            }
            heap[at] = heap[child];
            at = child;
        }
        heap[at] = last;
        return top;
    }
}
