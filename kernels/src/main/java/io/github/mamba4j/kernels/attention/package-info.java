/** Attention over keys and values in pages, and rotary positions. Internal: for the engine. */
package io.github.mamba4j.kernels.attention;
