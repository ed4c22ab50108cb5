"""The library behind lc-cli. It imports nothing here, so that reading the table loads no torch."""
