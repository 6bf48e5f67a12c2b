"""`python -m listlint`, and what the `listlint` script runs."""

import sys

from listlint import __version__


def main() -> None:
    """The command line; the version is told without loading any of it."""
    if sys.argv[1:] == ["--version"]:
        print(f"listlint, version {__version__}")
        return
    import gc

    # Policies are many small objects that all stay: looking through them again and again is in vain.
    gc.set_threshold(50_000, 20, 20)
    from listlint import plain

    asked = plain.parsed(sys.argv[1:])
    if asked is not None:
        sys.exit(plain.run(*asked))
    from listlint.cli import main as command

    command()


if __name__ == "__main__":
    main()
