"""A release in the forms that other libraries load: one file a form.

To add one, write ``formats/<name>.py`` with `HOW`, which tells how to load it, and
`write(place, source)`, which fills an empty folder; name it in `export.FORMS`.
"""
