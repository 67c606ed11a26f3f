"""Pure mathematics on arrays: no tables, files or plots; numpy and the standard library only."""
