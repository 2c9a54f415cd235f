/** The families of models: each reads its configuration and says under which names its parameters are stored. */
package io.github.mamba4j.weights.family;
