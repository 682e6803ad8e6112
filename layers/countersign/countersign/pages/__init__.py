"""The HTML pages: their words in every language, their layout and their security headers."""
