/** Convolutions along time. Internal: for the engine. */
package io.github.mamba4j.kernels.conv;
