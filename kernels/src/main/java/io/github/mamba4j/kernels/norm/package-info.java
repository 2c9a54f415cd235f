/** Norms of rows. Internal: for the engine. */
package io.github.mamba4j.kernels.norm;
