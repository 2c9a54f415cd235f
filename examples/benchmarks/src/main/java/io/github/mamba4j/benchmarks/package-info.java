/**
 * Benchmarks: every kernel at the dimensions of published models, and whole blocks and models beside ND4J, PyTorch and
 * llama.cpp. {@link io.github.mamba4j.benchmarks.Benchmarks} is the program.
 */
package io.github.mamba4j.benchmarks;
