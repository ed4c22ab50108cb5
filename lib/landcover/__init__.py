"""The library behind lc-cli; imports nothing, so that reading the version or the table costs nothing."""
