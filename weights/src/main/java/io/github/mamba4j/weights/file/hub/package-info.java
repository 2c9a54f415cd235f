/**
 * Models by name: finds {@code owner/name} in the cache that huggingface_hub, llama.cpp and others share, and fetches it
 * from the hub into the same cache when that is asked for.
 *
 * <p>Begin with {@link io.github.mamba4j.weights.file.hub.Hub}: {@code Hub.resolve} looks a model up and never uses the
 * network, {@code Hub.download} fetches it. {@link io.github.mamba4j.weights.file.hub.HubCache} lists and removes what the
 * cache holds. Where the cache is, which server is asked and with which token is in
 * {@link io.github.mamba4j.weights.file.hub.HubOptions}; the environment variables are those of huggingface_hub.
 *
 * <p>Layout of the cache: {@code docs/hub/local-cache.md} of huggingface/hub-docs. A blob is named by its hash, and gets
 * that name only after its content was checked against it; so whoever else writes to the cache at the same time, no file
 * in it is half written or wrong.
 *
 * <p>A server is not trusted: names of files stay inside the repository's folder, sizes and counts are bounded, every
 * byte is checked by a hash, and the token goes to no other host.
 */
package io.github.mamba4j.weights.file.hub;
