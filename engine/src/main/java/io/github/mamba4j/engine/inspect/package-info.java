/**
 * Reading the model: what it makes of a text inside, as plain arrays. For more than fits into arrays there is
 * {@link io.github.mamba4j.engine.ForwardObserver}.
 */
package io.github.mamba4j.engine.inspect;
