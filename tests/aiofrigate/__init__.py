"""Tests of the client library, without a Home Assistant."""
