/**
 * Short programs that use the library, each to be read in a minute. They run on the model that comes with the library and
 * take no arguments: {@code mvn -q -pl examples/library -am compile exec:exec -Dexample=Generate} runs the one of that
 * name.
 */
package io.github.mamba4j.examples;
