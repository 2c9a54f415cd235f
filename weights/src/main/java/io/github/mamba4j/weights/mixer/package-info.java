/** The parameters of each kind of mixer: what is bound here is the only list of a mixer's tensors. */
package io.github.mamba4j.weights.mixer;
