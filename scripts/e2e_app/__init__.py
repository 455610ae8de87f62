"""A browser that uses the integration in a real Home Assistant, as a person would."""
