/** Threads that share the work. Internal: for the engine. */
package io.github.mamba4j.kernels.team;
