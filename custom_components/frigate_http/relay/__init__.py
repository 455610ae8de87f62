"""Passes live video on to Home Assistant's players, from one connection to Frigate a stream."""
