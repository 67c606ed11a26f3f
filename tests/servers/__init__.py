"""Local servers that stand for other people's: faithful to their protocols, quirks and faults."""
