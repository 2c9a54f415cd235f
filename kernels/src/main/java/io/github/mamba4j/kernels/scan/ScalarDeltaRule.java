package io.github.mamba4j.kernels.scan;

import io.github.mamba4j.kernels.Scratch;
import io.github.mamba4j.kernels.math.DotProduct;

/** {@link DeltaRule} as plain loops. */
final class ScalarDeltaRule implements DeltaRule {
    @Override
    public void scan(DeltaRuleParameters p, DeltaRuleBuffers io, float[] s, int firstRow, int rowCount, int headFrom,
            int headTo, Scratch scratch) {
        io.check(p, s, firstRow, rowCount, headFrom, headTo);
        for (int r = firstRow; r < firstRow + rowCount; r++) {
            for (int head = headFrom; head < headTo; head++) {
                stepHead(p, io, s, r, head, scratch.row());
            }
        }
    }

    /** One row of one value head. */
    private static void stepHead(DeltaRuleParameters p, DeltaRuleBuffers io, float[] s, int r, int head,
            float[] lanes) {
        float[] qkv = io.qkv().data();
        int q = io.qkv().index(r, p.qCol(p.keyHead(head)));
        int k = io.qkv().index(r, p.kCol(p.keyHead(head)));
        int v = io.qkv().index(r, p.vCol(head));
        float qScale = DeltaRuleParameters.normScale(DotProduct.squares(qkv, q, q + p.keyDim()));
        float kScale = DeltaRuleParameters.normScale(DotProduct.squares(qkv, k, k + p.keyDim()));
        float g = p.decay(head, io.alpha().data()[io.alpha().index(r, head)]);
        float beta = p.beta(io.b().data()[io.b().index(r, head)]);
        for (int j = 0; j < p.valueDim(); j++) {
            DotProduct.clear(lanes);
            for (int i = 0; i < p.keyDim(); i++) {
                int at = HeadLayout.index(p.valueDim(), p.keyDim(), head, j, i);
                s[at] = g * s[at];
                DotProduct.accumulate(lanes, i, s[at], qkv[k + i] * kScale);
            }
            DotProduct.pad(lanes, p.keyDim());
            float d = (qkv[v + j] - DotProduct.fold(lanes)) * beta;
            DotProduct.clear(lanes);
            for (int i = 0; i < p.keyDim(); i++) {
                int at = HeadLayout.index(p.valueDim(), p.keyDim(), head, j, i);
                s[at] = Math.fma(qkv[k + i] * kScale, d, s[at]);
                DotProduct.accumulate(lanes, i, s[at], qkv[q + i] * qScale * p.queryScale());
            }
            DotProduct.pad(lanes, p.keyDim());
            io.y().data()[io.y().index(r, head * p.valueDim() + j)] = DotProduct.fold(lanes);
        }
    }
}
