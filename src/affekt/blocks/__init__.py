"""What four papers look at in a picture, block by block, as plain functions on arrays.

Each file holds one block of hand-made features, or what several blocks share: colours, segments,
saliency, straight lines. A block can be called alone::

    from affekt.blocks.tamura import tamura
    coarseness, contrast, directionality = tamura(grey)

The sets that the papers made of them are parts: ``features/machajdik/``, ``features/paef.py``,
``features/wang2006.py``, ``features/wang2013.py``, ``features/yanulevskaya.py``. What a picture is
to all of them: `affekt.blocks.view.View`.
"""
