/**
 * Pretrained checkpoints: tensors in files, configurations, and the model that is shipped.
 *
 * <p>To open a model, start with {@link io.github.mamba4j.weights.Checkpoint}: its {@code config.json} becomes a
 * {@link io.github.mamba4j.weights.config.ModelConfig}, its files of weights are mapped and become named
 * {@link io.github.mamba4j.weights.file.Tensor}s, and these become {@link io.github.mamba4j.weights.ModelWeights}, the
 * parameters of a model whose every shape has been checked.
 *
 * <p>Files come from anybody. Whatever they hold, opening them ends with a checkpoint or with a
 * {@link io.github.mamba4j.weights.CheckpointException} that says in one line what is wrong where; nothing in a file is
 * executed, and memory is bounded by the size of the file.
 */
package io.github.mamba4j.weights;
