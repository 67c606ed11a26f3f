"""Pure mathematics on arrays: no tables, no files, no plots; numpy and the standard library only."""
