package io.github.mamba4j.cli;

import io.github.mamba4j.weights.file.hub.HubId;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Names of models on the hub. */
final class HubIdConverter implements ITypeConverter<HubId> {
    @Override
    public HubId convert(String value) {
        try {
            return HubId.parse(value);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
