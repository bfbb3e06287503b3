"""The use cases that join sessions, transfers and the archive."""
