package io.github.mamba4j.cli;

import static io.github.mamba4j.cli.CliRun.mamba;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.mamba4j.engine.MambaModel;
import io.github.mamba4j.engine.inspect.ModelReader;
import io.github.mamba4j.engine.tokenize.HfTokenizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class InspectCommandTest {
    private static final String HOSTILE = "</title><script>alert(1)</script> & \"'\u202e\u0000\u001b[31m \ud83d\ude00";

    private static Document parse(String xml) throws Exception {
        var factory = DocumentBuilderFactory.newInstance();
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        return factory.newDocumentBuilder().parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
    }

    private static List<Element> cells(Document svg) {
        List<Element> cells = new ArrayList<>();
        NodeList all = svg.getElementsByTagName("rect");
        for (int i = 0; i < all.getLength(); i++) {
            Element rect = (Element) all.item(i);
            if (rect.getAttribute("class").equals("cell")) {
                cells.add(rect);
            }
        }
        return cells;
    }

    @Test
    void drawsACellForEachLayerAndToken(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("map.svg");
        JsonNode numbers = mamba("inspect", "--text", "There was a cat.", "--output", file.toString(), "--json").json();
        int tokens = numbers.get("token_ids").size();
        List<Element> cells = cells(parse(Files.readString(file)));
        assertEquals(8 * tokens, cells.size());
        assertEquals(8, numbers.get("mean_dt").size());
        for (int i = 0; i < cells.size(); i++) {
            double value = numbers.get("mean_dt").get(i / tokens).get(i % tokens).asDouble();
            String tip = cells.get(i).getTextContent();
            assertTrue(tip.startsWith("layer " + i / tokens + ", token " + i % tokens + " "), tip);
            assertEquals(value, Double.parseDouble(tip.substring(tip.lastIndexOf(' ') + 1)), 0.006 * value);
        }
    }

    @Test
    void printsTheNumbersOfTheLibrary() throws IOException {
        JsonNode numbers = mamba("inspect", "--text", "a cat", "--json").json();
        try (MambaModel model = MambaModel.shipped(); HfTokenizer tokenizer = HfTokenizer.load(model.files())) {
            float[][] expected = new ModelReader(model).meanStepSizes(tokenizer.encode("a cat"));
            for (int layer = 0; layer < expected.length; layer++) {
                for (int t = 0; t < expected[layer].length; t++) {
                    assertEquals(expected[layer][t], numbers.get("mean_dt").get(layer).get(t).floatValue());
                }
            }
        }
    }

    @Test
    void aHostileTextIsShownAndDoesNothing(@TempDir Path folder) throws Exception {
        Path text = folder.resolve("text");
        Files.writeString(text, HOSTILE);
        Path svg = folder.resolve("map.svg");
        Path page = folder.resolve("map.html");
        mamba("inspect", "--file", text.toString(), "--output", svg.toString()).succeeded();
        mamba("inspect", "--file", text.toString(), "--output", page.toString()).succeeded();
        Document document = parse(Files.readString(svg));
        assertEquals(0, document.getElementsByTagName("script").getLength());
        String html = Files.readString(page);
        assertFalse(html.contains("<script") || html.contains("\u202e") || html.contains("\u001b"), html);
        assertTrue(html.startsWith("<!DOCTYPE html>") && html.contains("default-src 'none'"), html);
        assertFalse(html.replace("http://www.w3.org/2000/svg", "").contains("http:"), html);
    }

    @Test
    void markupInATokenIsEscaped() throws Exception {
        String hostile = "</text><script>alert('1')</script>&amp;\"";
        String svg = new HeatMap(List.of(hostile, " a\n"), new float[][]{{0.001f, 1}}).svg();
        Document document = parse(svg);
        assertEquals(0, document.getElementsByTagName("script").getLength());
        assertEquals("layer 0, token 0 '" + hostile + "': dt 0.00100", cells(document).getFirst().getTextContent());
        assertTrue(cells(document).getLast().getTextContent().contains("'·a⏎'"), svg);
        assertEquals("#440154", cells(document).getFirst().getAttribute("fill"));
        assertEquals("#fde725", cells(document).getLast().getAttribute("fill"));
    }

    @Test
    void oneColourDoesForEqualNumbers() throws Exception {
        assertEquals("#440154", cells(parse(new HeatMap(List.of("a"), new float[][]{{0.5f}}).svg())).getFirst()
                .getAttribute("fill"));
    }

    @Test
    void refusesWhatItCannotDraw(@TempDir Path folder) throws IOException {
        mamba("inspect", "--text", "a").failed(2, "--output", "--json");
        mamba("inspect", "--text", "a", "--output", "map.png").failed(2, ".html", ".svg");
        Path text = folder.resolve("text");
        Files.writeString(text, "a cat ".repeat(3000));
        mamba("inspect", "--file", text.toString(), "--json").failed(1, "2000");
    }
}
