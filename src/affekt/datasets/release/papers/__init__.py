"""The papers of a release besides its card: datasheet, Croissant, DataCite, citation."""
