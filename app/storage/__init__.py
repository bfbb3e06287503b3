"""Where the program keeps its own files, and how it opens its databases."""
