"""What performance is measured with. `make bench` runs all of it; nothing here passes or fails."""
