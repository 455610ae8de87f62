"""The fake Frigate behaves as the real one does."""
