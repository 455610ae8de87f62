"""Tests of taking over the official integration's entities."""
