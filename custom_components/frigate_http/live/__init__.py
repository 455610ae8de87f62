"""What happens at the cameras, as it happens: pushed by Frigate, or else polled."""
