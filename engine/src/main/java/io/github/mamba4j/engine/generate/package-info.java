/** From prompts to texts: options, sampling, many sequences at once, and what is computed from whole texts. */
package io.github.mamba4j.engine.generate;
