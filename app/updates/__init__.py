"""Whether there is a newer release of this program: asked of an address that a person set, and told. Nothing is downloaded."""
