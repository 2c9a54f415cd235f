package io.github.mamba4j.weights.file.hub;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/** What a status of the hub means for a user. */
final class HubErrors {
    private static final int MAX_REMARK = 200;

    private HubErrors() {}

    /**
     * The error for an answer that brings no document.
     *
     * @param what was asked for
     * @param address where
     * @param status the status
     * @param headers those of the answer; the hub says more in {@code X-Error-Code} and {@code X-Error-Message}
     * @param withToken whether a token was sent
     * @return a {@link RetryableException} if the same request may succeed later, else a {@link HubException}
     */
    static IOException of(String what, URI address, int status, HttpHeaders headers, boolean withToken) {
        String text = what + ": " + address.getHost() + " " + meaning(status, headers, withToken) + " (status "
                + status + ")" + remark(headers);
        return switch (status) {
            case 408, 429, 500, 502, 503, 504 -> new RetryableException(text, retryAfter(headers).orElse(null));
            default -> new HubException(text);
        };
    }

    private static String meaning(int status, HttpHeaders headers, boolean withToken) {
        String code = headers.firstValue("X-Error-Code").orElse("");
        return switch (status) {
            case 401 -> withToken
                    ? "does not accept the token, or has no such model: check the name and HF_TOKEN"
                    : "has no such model, or shows it only to those with a token: check the name, or set HF_TOKEN";
            case 403 -> code.equals("GatedRepo")
                    ? "asks to accept the model's terms on its page first"
                    : withToken ? "does not allow it with this token" : "does not allow it without a token";
            case 404 -> switch (code) {
                case "RevisionNotFound" -> "has no such revision";
                case "EntryNotFound" -> "has no such file";
                default -> "has no such model";
            };
            case 416 -> "has no such part of the file";
            case 429 -> "answers no more requests for a while";
            default -> status >= 500 ? "is out of order" : "gave an unexpected answer";
        };
    }

    private static String remark(HttpHeaders headers) {
        return headers.firstValue("X-Error-Message")
                .map(text -> ": " + (text.length() > MAX_REMARK ? text.substring(0, MAX_REMARK) + "..." : text))
                .orElse("");
    }

    /** Seconds or a date, by RFC 9110 section 10.2.3. What is neither is passed over. */
    static Optional<Duration> retryAfter(HttpHeaders headers) {
        Optional<String> value = headers.firstValue("Retry-After").map(String::strip);
        if (value.isEmpty()) {
            return Optional.empty();
        }
        if (value.get().matches("\\d{1,9}")) {
            return Optional.of(Duration.ofSeconds(Long.parseLong(value.get())));
        }
        try {
            Instant date = ZonedDateTime.parse(value.get(), DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
            Duration wait = Duration.between(Instant.now(), date);
            return Optional.of(wait.isNegative() ? Duration.ZERO : wait);
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
