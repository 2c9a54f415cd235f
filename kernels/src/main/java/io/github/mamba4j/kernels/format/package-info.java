/**
 * The number formats in which weights are stored: a {@link io.github.mamba4j.kernels.format.Format} knows the size of
 * its blocks, which float32 values a block stands for, and, where models are written in it, how to choose a block for
 * given values.
 *
 * <p>A stored format <em>is</em> the matrix of float32 values that its decoder yields. They are defined to the last bit:
 * those of {@code dequantize} in gguf-py, the reference that comes with the GGUF file format. Every product and sum below
 * is one float32 operation, in the order that is written, never fused.
 */
package io.github.mamba4j.kernels.format;
