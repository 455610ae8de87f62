"""What is polled from a server, and what it pushes: one coordinator a module."""
