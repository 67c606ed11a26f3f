"""The verbs of the two lines, one file each: tables in, one table out.

To add one, write ``stages/<verb>.py`` with one final subclass of `affekt.stage.Stage` that sets
`gives` (and
`takes`, `reasons`) and writes ``run(desk, *tables) -> Outcome``. A stage reads no plan and calls
no other stage.
"""
