package io.github.mamba4j.engine.chat;

import java.util.List;

/** Messages as one running text. */
record PlainTemplate() implements ChatTemplate {
    @Override
    public String render(List<ChatMessage> messages, TemplateOptions options) {
        options.variables().forEach((name, value) -> {
            if (value != null) {
                throw new ChatTemplateException("the model has no chat template, and so no place for '" + name + "'");
            }
        });
        StringBuilder text = new StringBuilder();
        for (ChatMessage message : messages) {
            // The model's words follow as they are: whether a space belongs there is what it was asked.
            if (!message.role().equals(ChatMessage.ASSISTANT) && needsSpace(text, message.content())) {
                text.append(' ');
            }
            text.append(message.content());
        }
        return text.toString();
    }

    private static boolean needsSpace(StringBuilder before, String after) {
        return !before.isEmpty() && !after.isEmpty() && !Character.isWhitespace(before.charAt(before.length() - 1))
                && !Character.isWhitespace(after.charAt(0));
    }

    @Override
    public boolean includesSpecialTokens() {
        return false;
    }
}
