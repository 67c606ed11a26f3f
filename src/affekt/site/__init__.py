"""The site where people answer and researchers watch: pages and an API over `affekt.campaign`.

`affekt.site.scene` holds what every page needs, `affekt.site.app` puts the pages together; a page
reads a request, calls one verb of the campaign and shows what came of it.
"""
