/**
 * The way of tokens through a model. To follow it, start with {@link io.github.mamba4j.engine.forward.ForwardPass}: what
 * a step reads and writes are its arguments.
 */
package io.github.mamba4j.engine.forward;
