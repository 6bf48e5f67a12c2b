"""The HTML page in parts: its data, its charts, its words, and the template they go into."""
