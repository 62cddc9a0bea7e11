"""The command's face: what its verbs do and how they say it."""
