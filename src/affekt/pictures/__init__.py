"""Foreign bytes → pixels in a child with limits, the shelf that keeps the bytes, hashes and near copies."""
