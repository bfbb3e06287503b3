"""Where to, and as whom: profiles, settings, credentials and the ways to sign a request."""
