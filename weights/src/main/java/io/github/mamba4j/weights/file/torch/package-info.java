/** PyTorch's format, of which nothing is executed. */
package io.github.mamba4j.weights.file.torch;
