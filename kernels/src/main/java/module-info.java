/**
 * Numeric kernels of state-space models and their hybrids. Programs choose kernels and see which run, and the types of
 * weights; the operations themselves are for the engine.
 */
@SuppressWarnings("module") // The modules that the operations are for come later in the build.
module io.github.mamba4j.kernels {
    requires jdk.incubator.vector;

    exports io.github.mamba4j.kernels;
    exports io.github.mamba4j.kernels.format;
    exports io.github.mamba4j.kernels.attention to
            io.github.mamba4j.weights, io.github.mamba4j.engine, io.github.mamba4j.benchmarks;
    exports io.github.mamba4j.kernels.conv to
            io.github.mamba4j.weights, io.github.mamba4j.engine, io.github.mamba4j.benchmarks;
    exports io.github.mamba4j.kernels.linear to
            io.github.mamba4j.weights, io.github.mamba4j.engine, io.github.mamba4j.benchmarks;
    exports io.github.mamba4j.kernels.machine to
            io.github.mamba4j.weights, io.github.mamba4j.engine, io.github.mamba4j.benchmarks;
    exports io.github.mamba4j.kernels.math to
            io.github.mamba4j.weights, io.github.mamba4j.engine, io.github.mamba4j.benchmarks;
    exports io.github.mamba4j.kernels.norm to
            io.github.mamba4j.weights, io.github.mamba4j.engine, io.github.mamba4j.benchmarks;
    exports io.github.mamba4j.kernels.scan to
            io.github.mamba4j.weights, io.github.mamba4j.engine, io.github.mamba4j.benchmarks;
    exports io.github.mamba4j.kernels.team to
            io.github.mamba4j.weights, io.github.mamba4j.engine, io.github.mamba4j.benchmarks;
}
