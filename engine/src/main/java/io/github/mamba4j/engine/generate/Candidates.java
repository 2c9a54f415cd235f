package io.github.mamba4j.engine.generate;

import java.util.Arrays;

/**
 * The tokens that may come next, with their weights: what the limits of sampling take away from, and what is drawn from
 * at last. The tokens stay in the order of their ids.
 *
 * <p>No limit sorts the vocabulary. The order that a limit goes by is an int of which larger ones come first; the bits of
 * a non-negative float are such an int. A histogram over its upper bits, with the number and the sum of weights in each
 * bucket, tells in which bucket the limit lies, and only that bucket is sorted. Sums are made in double in a fixed order.
 *
 * <p>Allocates nothing after it has been made, except for what sorting a large bucket needs. Not thread-safe.
 */
final class Candidates {
    /** Eight exponent bits and three of the fraction: eight buckets to a power of two. */
    private static final int BUCKET_SHIFT = 20;
    private static final int BUCKETS = 1 << 31 - BUCKET_SHIFT;

    private final int[] ids;
    private final float[] weights;
    private final int[] order;
    private final long[] bucket;
    private final int[] counts = new int[BUCKETS];
    private final double[] masses = new double[BUCKETS];
    private int size;

    Candidates(int vocabSize) {
        ids = new int[vocabSize];
        weights = new float[vocabSize];
        order = new int[vocabSize];
        bucket = new long[vocabSize];
    }

    int size() {
        return size;
    }

    int id(int i) {
        return ids[i];
    }

    /** Begins with all tokens of positive weight. */
    void fill(float[] weightById) {
        int n = 0;
        for (int id = 0; id < weightById.length; id++) {
            float w = weightById[id];
            ids[n] = id;
            weights[n] = w;
            n += w > 0 ? 1 : 0;
        }
        size = n;
    }

    /** Keeps the k largest weights. */
    void keepLargest(int k) {
        if (k < size) {
            orderByWeight();
            cut(k, Double.POSITIVE_INFINITY);
        }
    }

    /** Keeps the largest weights, as few as have the share p of the sum. */
    void keepMass(double p) {
        orderByWeight();
        cut(Integer.MAX_VALUE, p);
    }

    /** Keeps weights that are not smaller. */
    void keepFrom(float smallest) {
        int n = 0;
        for (int i = 0; i < size; i++) {
            float w = weights[i];
            ids[n] = ids[i];
            weights[n] = w;
            n += w >= smallest ? 1 : 0;
        }
        size = n;
    }

    /** Keeps the tokens whose information is nearest to the entropy, as few as have the share p of the sum. */
    void keepTypical(double p) {
        double sum = sum();
        double entropy = 0;
        for (int i = 0; i < size; i++) {
            double share = weights[i] / sum;
            entropy -= share * StrictMath.log(share);
        }
        for (int i = 0; i < size; i++) {
            float distance = (float) Math.abs(-StrictMath.log(weights[i] / sum) - entropy);
            order[i] = Integer.MAX_VALUE - Float.floatToRawIntBits(distance);
        }
        cut(Integer.MAX_VALUE, p);
    }

    /**
     * Takes a token by its cumulative weight.
     *
     * @param u from 0 to below 1
     */
    int draw(double u) {
        double target = u * sum();
        double cumulative = 0;
        for (int i = 0; i < size; i++) {
            cumulative += weights[i];
            if (cumulative > target) {
                return ids[i];
            }
        }
        return ids[size - 1];
    }

    private double sum() {
        double sum = 0;
        for (int i = 0; i < size; i++) {
            sum += weights[i];
        }
        return sum;
    }

    private void orderByWeight() {
        for (int i = 0; i < size; i++) {
            order[i] = Float.floatToRawIntBits(weights[i]);
        }
    }

    /** Keeps the first tokens by {@link #order}: until there are {@code maxCount}, or their share of the sum is there. */
    private void cut(int maxCount, double share) {
        Arrays.fill(counts, 0);
        Arrays.fill(masses, 0);
        for (int i = 0; i < size; i++) {
            int b = order[i] >>> BUCKET_SHIFT;
            counts[b]++;
            masses[b] += weights[i];
        }
        double total = 0;
        for (int b = BUCKETS - 1; b >= 0; b--) {
            total += masses[b];
        }
        double mass = share * total;
        int b = BUCKETS - 1;
        int count = 0;
        double sum = 0;
        while (b > 0 && count + counts[b] < maxCount && sum + masses[b] < mass) {
            count += counts[b];
            sum += masses[b--];
        }
        keepDownTo(lastKept(b, maxCount - count, mass - sum));
    }

    /** The key of the last token to keep, which is in bucket b after so many others and so much of the sum. */
    private long lastKept(int b, int maxCount, double mass) {
        int n = 0;
        for (int i = 0; i < size; i++) {
            if (order[i] >>> BUCKET_SHIFT == b) {
                bucket[n++] = key(i);
            }
        }
        Arrays.sort(bucket, 0, n);
        double sum = 0;
        for (int k = 0; k < n; k++) {
            sum += weights[(int) bucket[k]];
            if (k + 1 == maxCount || sum >= mass) {
                return bucket[k];
            }
        }
        // Rounding alone kept the sum from being reached: all of the bucket stays.
        return n > 0 ? bucket[n - 1] : Long.MAX_VALUE;
    }

    /** Ascending keys are descending in order, then ascending in id. */
    private long key(int i) {
        return (long) (Integer.MAX_VALUE - order[i]) << 32 | i;
    }

    private void keepDownTo(long lastKey) {
        int n = 0;
        for (int i = 0; i < size; i++) {
            boolean keep = key(i) <= lastKey;
            ids[n] = ids[i];
            weights[n] = weights[i];
            n += keep ? 1 : 0;
        }
        size = n;
    }
}
