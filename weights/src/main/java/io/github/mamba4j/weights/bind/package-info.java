/** How parameters come from where they are stored, or from a random generator, to the mixers that ask for them. */
package io.github.mamba4j.weights.bind;
