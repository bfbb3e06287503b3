"""Settings: the account behind the window, and the page that changes it."""
