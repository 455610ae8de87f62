"""The forms of the config flow, and the check of what was entered."""
