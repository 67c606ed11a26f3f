"""Foreign bytes → pixels in a child with limits, the shelf of bytes, hashes and near copies."""
