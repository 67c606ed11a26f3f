"""Both lines on OASIS; see README.md."""
