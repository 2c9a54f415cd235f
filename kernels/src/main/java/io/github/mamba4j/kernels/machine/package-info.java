/** What the machine can do: vectors, arithmetic, memory. Internal: for the engine. */
package io.github.mamba4j.kernels.machine;
