"""What leaves a campaign: votes, labels and workers as files others can read, and back again."""

from affekt.exports.read import Export, read_export
from affekt.exports.shape import FILES, ITEMS, LABELS, VOTES
from affekt.exports.write import write_export

__all__ = ["FILES", "ITEMS", "LABELS", "VOTES", "Export", "read_export", "write_export"]
