/** Products of activations and weights. Internal: for the engine. */
package io.github.mamba4j.kernels.linear;
