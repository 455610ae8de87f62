"""Files from Frigate on the disk: where, when, how safely, and for how long."""
