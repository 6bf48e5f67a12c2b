"""`listlint serve`: a local page for people who don't type commands (docs/serve.md; extra `serve`)."""
