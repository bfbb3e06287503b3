"""The Sessions page: what is on this computer, what of it is archived, and what is about to be deleted."""
