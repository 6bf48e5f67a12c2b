"""Finding terms in listings: what a term means, the index of all of them, their context."""
