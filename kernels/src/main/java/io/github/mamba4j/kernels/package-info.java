/**
 * Numeric kernels of state-space models: a readable scalar reference and a vectorised implementation that gives the
 * same bits.
 *
 * <h2>Canonical arithmetic</h2>
 *
 * The result of every kernel is defined to the last bit, whatever the vector width, the number of threads, the way the
 * rows are cut into calls, or the state of the JIT compiler. The rules:
 *
 * <ul>
 * <li>A <em>dot product</em> of length K is 16 float32 lanes. K is padded with zeros to a multiple of 16; lane j sums
 * the products of elements j, j + 16, j + 32, … in that order by fused multiply-add, beginning with +0. The lanes are
 * then folded in halves: lane j + lane j+8, then j+4, j+2, j+1.
 * <li>Elementary functions are the polynomials of {@link io.github.mamba4j.kernels.math.ScalarMath}: sequences of +, *, /,
 * fma and bit operations, each of which IEEE 754 defines exactly.
 * <li>A multiplication and an addition are fused where a formula says {@code fma}, and nowhere else.
 * <li>Time is walked in order. Work is split over outputs (rows of weights, channels), never over a sum.
 * </ul>
 *
 * The scalar kernels are written to be read and are the definition; those on the Vector API are written to be fast and are
 * tested for equality with them. {@link io.github.mamba4j.kernels.KernelChoice} chooses, and
 * {@link io.github.mamba4j.kernels.Kernels} has an accessor for each operation, whose interface states the formula.
 */
package io.github.mamba4j.kernels;
