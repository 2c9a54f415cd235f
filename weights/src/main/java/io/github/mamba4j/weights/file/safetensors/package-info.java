/** The safetensors format. */
package io.github.mamba4j.weights.file.safetensors;
