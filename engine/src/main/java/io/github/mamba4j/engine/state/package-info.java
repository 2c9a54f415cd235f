/** What a model remembers of a sequence, and its saved form. */
package io.github.mamba4j.engine.state;
