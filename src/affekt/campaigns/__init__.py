"""The campaign of a plan, found, judged and published."""

from affekt.campaigns.opening import asking_of, live_of, place_of

__all__ = ["asking_of", "live_of", "place_of"]
