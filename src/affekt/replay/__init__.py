"""The paper's crowd step once more, offline, by people who do not exist."""
