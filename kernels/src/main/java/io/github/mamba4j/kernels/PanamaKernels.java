package io.github.mamba4j.kernels;

/** The fast kernels. */
public final class PanamaKernels implements Kernels {
    private final ScalarKernels scalar = new ScalarKernels();

    PanamaKernels() {}

    @Override
    public String name() {
        return "panama";
    }

    @Override
    public String description() {
        return "panama";
    }

    @Override
    public void matmul(Matrix w, int outFrom, int outTo, Activations x, int xCol, Activations y, int yCol, int firstRow,
            int rowCount, Scratch scratch) {
        scalar.matmul(w, outFrom, outTo, x, xCol, y, yCol, firstRow, rowCount, scratch);
    }

    @Override
    public void rmsNorm(Activations x, float[] weight, float eps, Activations y, int firstRow, int rowCount) {
        scalar.rmsNorm(x, weight, eps, y, firstRow, rowCount);
    }

    @Override
    public void convSilu(ConvParameters p, Activations x, int xCol, Activations y, float[] window, int firstRow,
            int rowCount, int channelFrom, int channelTo) {
        scalar.convSilu(p, x, xCol, y, window, firstRow, rowCount, channelFrom, channelTo);
    }

    @Override
    public void selectiveScan(ScanParameters p, ScanBuffers io, float[] h, int firstRow, int rowCount, int channelFrom,
            int channelTo, Scratch scratch) {
        scalar.selectiveScan(p, io, h, firstRow, rowCount, channelFrom, channelTo, scratch);
    }

    @Override
    public void add(Activations x, Activations y, int firstRow, int rowCount, int colFrom, int colTo) {
        scalar.add(x, y, firstRow, rowCount, colFrom, colTo);
    }

    @Override
    public void addBias(float[] bias, Activations y, int yCol, int firstRow, int rowCount, int outFrom, int outTo) {
        scalar.addBias(bias, y, yCol, firstRow, rowCount, outFrom, outTo);
    }

    @Override
    public void widenRow(Matrix w, int row, Activations y, int yRow) {
        scalar.widenRow(w, row, y, yRow);
    }

    @Override
    public void exp(float[] x, int from, int to) {
        scalar.exp(x, from, to);
    }

    @Override
    public void silu(float[] x, int from, int to) {
        scalar.silu(x, from, to);
    }

    @Override
    public void softplus(float[] x, int from, int to) {
        scalar.softplus(x, from, to);
    }

    @Override
    public int argmax(float[] x, int from, int to) {
        return scalar.argmax(x, from, to);
    }

    @Override
    public float expSum(float[] x, int from, int to) {
        return scalar.expSum(x, from, to);
    }
}
