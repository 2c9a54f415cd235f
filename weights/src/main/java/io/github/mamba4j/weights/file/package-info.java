/** Files that may come from anybody: tensors, JSON, names. */
package io.github.mamba4j.weights.file;
