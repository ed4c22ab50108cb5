"""Images: one file for each data set, its splits, and the batches that a network gets."""
