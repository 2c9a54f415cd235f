/** Pretrained checkpoints: tensors in files, configurations, and the model that is shipped. */
package io.github.mamba4j.weights;
