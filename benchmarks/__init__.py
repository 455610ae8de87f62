"""Benchmarks: what the integration costs. `python -m benchmarks` runs all of them."""

import logging

# Of the measured Home Assistant, only errors matter.
logging.disable(logging.WARNING)
# What Home Assistant would like to have installed is of no use here.
logging.getLogger("homeassistant.components.camera").setLevel(logging.CRITICAL)
