"""The preview pane: a session to read, beside the list."""
