/** What models compute: configurations as blocks of mixers, and presets. */
package io.github.mamba4j.weights.config;
