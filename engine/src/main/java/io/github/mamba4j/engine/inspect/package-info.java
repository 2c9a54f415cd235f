/**
 * Reading the model: {@link io.github.mamba4j.engine.inspect.ModelReader} shows what it makes of a text inside, hidden
 * states and step sizes, as plain arrays. For more than fits into arrays there is
 * {@link io.github.mamba4j.engine.ForwardObserver}.
 */
package io.github.mamba4j.engine.inspect;
