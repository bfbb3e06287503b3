"""What is on this computer: sessions found, read and indexed. No network."""
