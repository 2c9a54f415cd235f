/** Short programs that use the library, each to be read in a minute. */
package io.github.mamba4j.examples;
