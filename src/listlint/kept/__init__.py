"""What can be worked out from policy packs alone, kept on disk and read only where a run needs it."""
