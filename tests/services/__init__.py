"""The actions, called as automations and people call them."""
