/** Elementary functions, sums, and elementwise work on rows. Internal: for the engine. */
package io.github.mamba4j.kernels.math;
