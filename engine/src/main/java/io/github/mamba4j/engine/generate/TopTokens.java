package io.github.mamba4j.engine.generate;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The few largest of many values. */
final class TopTokens {
    private TopTokens() {}

    /**
     * The ids of the largest values, descending, ties by the lower id. Meant for few: each value is compared with the
     * smallest that is kept.
     *
     * @param values holds a value for each id
     * @param offset where the value of id 0 is
     * @param size the number of ids
     * @param n how many ids are wanted; fewer come if there are fewer above negative infinity
     */
    static List<Integer> of(float[] values, int offset, int size, int n) {
        List<Integer> ids = new ArrayList<>();
        float smallest = Float.NEGATIVE_INFINITY;
        for (int id = 0; id < size && n > 0; id++) {
            float value = values[offset + id];
            if (!(value > smallest)) {
                continue;
            }
            int place = Collections.binarySearch(ids, id, (a, b) -> {
                int byValue = Float.compare(values[offset + b], values[offset + a]);
                return byValue != 0 ? byValue : Integer.compare(a, b);
            });
            ids.add(-place - 1, id);
            if (ids.size() > n) {
                ids.removeLast();
            }
            if (ids.size() == n) {
                smallest = values[offset + ids.getLast()];
            }
        }
        return ids;
    }
}
