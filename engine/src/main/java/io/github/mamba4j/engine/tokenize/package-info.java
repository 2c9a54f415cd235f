/** Text to token ids and back. */
package io.github.mamba4j.engine.tokenize;
