/**
 * The {@code mamba} command. {@link io.github.mamba4j.cli.Mamba} is the program, each of its commands a class; everything
 * they can do the library can do, and only here does a message or an exit code come into it.
 */
package io.github.mamba4j.cli;
