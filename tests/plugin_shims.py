"""What the test plugin needs beside a Home Assistant that is newer than its own.

pytest loads this before the plugin, as setup.cfg says. It can go, with that option, once
pytest-homeassistant-custom-component is made for Home Assistant 2026.11 or later. Beside
older ones it changes nothing.
"""

# Home Assistant 2026.11 gives httpx2 the name of httpx, which it only can before anybody
# has imported httpx. respx does that, and pytest loads it before the plugin.
from homeassistant.components import logger

# This is where 2026.11 has moved what the plugin still imports from the package.
if not hasattr(logger, "_clear_logger_overwrites"):
    from homeassistant.components.logger import helpers

    vars(logger)["_clear_logger_overwrites"] = vars(helpers)["_clear_logger_overwrites"]
