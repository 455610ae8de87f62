"""Tests of the Frigate HTTP integration."""
