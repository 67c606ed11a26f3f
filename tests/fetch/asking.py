"""How tests ask servers on this machine."""

from affekt.fetch.manners import Manners

MANNERS = Manners(contact="test@example.org", allowed_networks=("127.0.0.0/8",), pause_seconds=0.02)
