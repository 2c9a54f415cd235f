package io.github.mamba4j.cli;

import java.util.List;

/** A web page around a {@link HeatMap}, with nothing from elsewhere: it works from a file and without a network. */
final class HeatMapPage {
    private HeatMapPage() {}

    /**
     * Makes the page.
     *
     * @param tokens the text of each column
     * @param values {@code [layer][token]}, all positive
     * @return an HTML document
     */
    static String of(List<String> tokens, float[][] values) {
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <title>What Mamba selects</title>
            <style>
            :root { color-scheme: light dark; }
            body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem; color: #1b1b1f; background: #ffffff; }
            p { max-width: 44rem; }
            .map { overflow-x: auto; }
            @media (prefers-color-scheme: dark) { body { color: #ececf1; background: #17171a; } }
            </style>
            </head>
            <body>
            <h1>What Mamba selects</h1>
            <p>The step size dt of each layer (rows, the first on top) for each of %s tokens (columns), averaged over
            the layer's channels. Where it is large, the token enters the layer's state and the past fades; where it
            is small, the token passes by. The scale is logarithmic; point at a cell for its value.</p>
            <div class="map">
            %s</div>
            </body>
            </html>
            """.formatted(tokens.size(), new HeatMap(tokens, values).svg());
    }
}
