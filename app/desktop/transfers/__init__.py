"""The Transfers page, and what keeps the rest of the window told about transfers."""
