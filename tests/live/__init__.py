"""What happens at the cameras, pushed and polled."""
