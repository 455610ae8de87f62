"""Tests of live video as Home Assistant's players read it."""
