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

    /** Begins with all tokens of at least this weight, and more than none. */
    void fill(float[] weightById, float smallest) {
        float least = Math.max(smallest, Float.MIN_VALUE);
        int n = 0;
        for (int id = 0; id < weightById.length; id++) {
            float w = weightById[id];
            // Rarely true where there is a limit, which is why it is a branch.
            if (w >= least) {
                ids[n] = id;
                weights[n++] = w;
            }
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

    /** Keeps the largest weights, as few as have this sum. */
    void keepMass(double mass) {
        orderByWeight();
        cut(Integer.MAX_VALUE, mass);
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

    /**
     * Keeps the tokens whose information is nearest to the entropy, as few as have the share p of the sum.
     *
     * @param p the share
     * @param logWeights by id: the natural logarithm of its weight times {@code scale}, up to {@code offset}
     * @param offset subtracted from a logarithm first
     * @param scale what it is divided by then
     */
    void keepTypical(double p, float[] logWeights, float offset, float scale) {
        double sum = sum();
        double logSum = StrictMath.log(sum);
        double entropy = entropy(logWeights, offset, scale);
        for (int i = 0; i < size; i++) {
            double information = logSum - (logWeights[ids[i]] - offset) / scale;
            order[i] = Integer.MAX_VALUE - Float.floatToRawIntBits((float) Math.abs(information - entropy));
        }
        cut(Integer.MAX_VALUE, p * sum);
    }

    /** The entropy of what is left, in nats; the arguments are those of {@link #keepTypical}. */
    double entropy(float[] logWeights, float offset, float scale) {
        double sum = sum();
        double logSum = StrictMath.log(sum);
        double entropy = 0;
        for (int i = 0; i < size; i++) {
            entropy += weights[i] / sum * (logSum - (logWeights[ids[i]] - offset) / scale);
        }
        return entropy;
    }

    /** Keeps the tokens of at least this share of the sum, and the largest weights in any case. */
    void keepProbable(double share) {
        float largest = 0;
        for (int i = 0; i < size; i++) {
            largest = Math.max(largest, weights[i]);
        }
        double least = Math.min(share * sum(), largest);
        int n = 0;
        for (int i = 0; i < size; i++) {
            float w = weights[i];
            ids[n] = ids[i];
            weights[n] = w;
            n += w >= least ? 1 : 0;
        }
        size = n;
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

    /** The sum of all weights. */
    double sum() {
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

    /** Keeps the first tokens by {@link #order}: until there are so many, or they have this sum. */
    private void cut(int maxCount, double mass) {
        Arrays.fill(counts, 0);
        Arrays.fill(masses, 0);
        for (int i = 0; i < size; i++) {
            int b = order[i] >>> BUCKET_SHIFT;
            counts[b]++;
            masses[b] += weights[i];
        }
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
        // The sum is not reached: all stays.
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
