"""Takes over the entities of the official integration, and gives them back."""
