"""The words that name emotions in file names, folders and lists of published sets."""

from affekt.taxonomy import Taxonomy

# The short name in the file names of ArtPhoto and the columns of Abstract Paintings. It is no form
# of the emotion in tags, where "content" has another meaning.
SHORT = {"content": "contentment"}


def words_of(taxonomy: Taxonomy) -> dict[str, str]:
    """Give the emotion that each name, keyword or form means, in small letters.

    >>> from affekt.taxonomy import MIKELS8
    >>> words_of(MIKELS8)["sad"], words_of(MIKELS8)["content"]
    ('sadness', 'contentment')
    """
    found = {word: name for word, name in SHORT.items() if name in taxonomy.names}
    for emotion in taxonomy.emotions:
        for word in (*emotion.forms, *emotion.words, emotion.name):
            found[word.casefold()] = emotion.name
    return found
