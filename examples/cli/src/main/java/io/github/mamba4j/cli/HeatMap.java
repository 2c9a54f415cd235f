package io.github.mamba4j.cli;

import java.util.List;
import java.util.Locale;

/**
 * Draws positive numbers as SVG: a row for each layer, a column for each token, the colour by the number's logarithm. The
 * colours go from dark blue over green to yellow, evenly in lightness, so that they also tell in grey and to the
 * colour-blind; texts take the colour that suits the reader's light or dark background.
 */
final class HeatMap {
    private static final int CELL_WIDTH = 24;
    private static final int CELL_HEIGHT = 22;
    private static final int LEFT = 76;
    private static final int MARGIN = 16;
    private static final int LEGEND_WIDTH = 240;
    private static final int LEGEND_HEIGHT = 64;
    private static final int MIN_WIDTH = LEFT + LEGEND_WIDTH + 5 * MARGIN;
    /** The room above for the texts of tokens, which stand upright. */
    private static final int MAX_LABEL = 18;
    private static final double CHAR_WIDTH = 8;
    /** From the smallest number to the largest, red, green and blue. */
    private static final int[][] COLOURS = {{68, 1, 84}, {65, 68, 135}, {42, 120, 142}, {34, 168, 132}, {122, 209, 81},
            {253, 231, 37}};

    private final List<String> tokens;
    private final float[][] values;
    private final double min;
    private final double max;
    private final int top;
    private final StringBuilder out = new StringBuilder();

    /**
     * A picture in the making.
     *
     * @param tokens the text of each column
     * @param values {@code [layer][token]}, all positive
     */
    HeatMap(List<String> tokens, float[][] values) {
        this.tokens = tokens.stream().map(HeatMap::visible).toList();
        this.values = values;
        double smallest = Double.MAX_VALUE;
        double largest = Float.MIN_VALUE;
        for (float[] row : values) {
            for (float value : row) {
                smallest = Math.min(smallest, value);
                largest = Math.max(largest, value);
            }
        }
        min = Math.max(Float.MIN_VALUE, smallest);
        max = Math.max(min, largest);
        int longest = this.tokens.stream().mapToInt(token -> shortened(token).length()).max().orElse(1);
        top = MARGIN + (int) (CHAR_WIDTH * longest) + 8;
    }

    /**
     * The picture.
     *
     * @return an SVG document
     */
    String svg() {
        int width = Math.max(MIN_WIDTH, LEFT + CELL_WIDTH * tokens.size() + MARGIN);
        int height = top + CELL_HEIGHT * values.length + LEGEND_HEIGHT;
        out.append("""
            <svg xmlns="http://www.w3.org/2000/svg" width="%1$s" height="%2$s" viewBox="0 0 %1$s %2$s" role="img">
            <title>Step size dt by layer and token</title>
            <style>
            .background { fill: #ffffff; } text { fill: #1b1b1f; font: 13px ui-monospace, Menlo, Consolas, monospace; }
            rect.cell:hover { stroke: #e0218a; stroke-width: 2; }
            @media (prefers-color-scheme: dark) { .background { fill: #17171a; } text { fill: #ececf1; } }
            </style>
            <rect class="background" width="100%%" height="100%%"/>
            """.formatted(width, height));
        columnNames();
        for (int layer = 0; layer < values.length; layer++) {
            row(layer);
        }
        legend(top + CELL_HEIGHT * values.length + MARGIN);
        return out.append("</svg>\n").toString();
    }

    private void columnNames() {
        for (int t = 0; t < tokens.size(); t++) {
            int x = LEFT + CELL_WIDTH * t + CELL_WIDTH / 2 + 4;
            out.append("<text transform=\"translate(%s %s) rotate(-90)\">%s<title>%s</title></text>\n".formatted(x,
                    top - 6,
                    escaped(shortened(tokens.get(t))), escaped("token " + t + " " + quoted(t))));
        }
    }

    private void row(int layer) {
        int y = top + CELL_HEIGHT * layer;
        out.append("<text x=\"%s\" y=\"%s\" text-anchor=\"end\">layer %s</text>\n".formatted(LEFT - 8,
                y + CELL_HEIGHT - 7, layer));
        for (int t = 0; t < tokens.size(); t++) {
            float value = values[layer][t];
            String tip = "layer " + layer + ", token " + t + " " + quoted(t) + ": dt " + number(value);
            out.append(
                    "<rect class=\"cell\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" fill=\"%s\"><title>%s</title></rect>\n"
                            .formatted(LEFT + CELL_WIDTH * t, y, CELL_WIDTH - 1, CELL_HEIGHT - 1, colour(share(value)),
                                    escaped(tip)));
        }
    }

    private void legend(int y) {
        out.append("<defs><linearGradient id=\"scale\">\n");
        for (int i = 0; i < COLOURS.length; i++) {
            double share = (double) i / (COLOURS.length - 1);
            out.append("<stop offset=\"%s\" stop-color=\"%s\"/>\n".formatted(share, colour(share)));
        }
        out.append("""
            </linearGradient></defs>
            <text x="%s" y="%s" text-anchor="end">mean dt</text>
            <rect x="%s" y="%s" width="%s" height="14" fill="url(#scale)"/>
            """.formatted(LEFT - 8, y + 12, LEFT, y, LEGEND_WIDTH));
        String[] anchors = {"start", "middle", "end"};
        for (int i = 0; i < anchors.length; i++) {
            double value = min * Math.pow(max / min, i / 2.0);
            out.append("<text x=\"%s\" y=\"%s\" text-anchor=\"%s\">%s</text>\n".formatted(LEFT + LEGEND_WIDTH * i / 2,
                    y + 32, anchors[i], number(value)));
        }
    }

    /** Where a value lies between the smallest and the largest, 0 to 1. */
    private double share(double value) {
        return max == min ? 0 : Math.log(Math.max(min, value) / min) / Math.log(max / min);
    }

    private static String colour(double share) {
        double place = Math.clamp(share, 0, 1) * (COLOURS.length - 1);
        int i = Math.min((int) place, COLOURS.length - 2);
        StringBuilder colour = new StringBuilder("#");
        for (int channel = 0; channel < 3; channel++) {
            double value = COLOURS[i][channel] + (place - i) * (COLOURS[i + 1][channel] - COLOURS[i][channel]);
            colour.append(String.format("%02x", Math.round(value)));
        }
        return colour.toString();
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.3g", value);
    }

    private String quoted(int token) {
        return "'" + tokens.get(token) + "'";
    }

    private static String shortened(String token) {
        int chars = token.codePointCount(0, token.length());
        return chars <= MAX_LABEL ? token : token.substring(0, token.offsetByCodePoints(0, MAX_LABEL - 1)) + "…";
    }

    /**
     * A token as one can see it: spaces and line ends have signs, and what would steer a terminal or turn the direction of
     * writing, or is not allowed in XML, is replaced.
     */
    static String visible(String token) {
        StringBuilder text = new StringBuilder();
        token.codePoints().forEach(c -> {
            switch (c) {
                case ' ' -> text.append('·');
                case '\n' -> text.append('⏎');
                case '\t' -> text.append('⇥');
                default -> text.appendCodePoint(isPlain(c) ? c : 0xFFFD);
            }
        });
        return text.toString();
    }

    private static boolean isPlain(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.UNASSIGNED, Character.PRIVATE_USE,
                    Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
                false;
            default -> true;
        };
    }

    /** Text for XML and HTML, between tags or in quotes. */
    static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;").replace("'",
                "&#39;");
    }
}
