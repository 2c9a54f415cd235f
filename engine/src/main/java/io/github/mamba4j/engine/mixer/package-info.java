/** What blocks compute: one class for each kind of mixer. */
package io.github.mamba4j.engine.mixer;
