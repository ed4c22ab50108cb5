"""The library behind lc-cli. Imports nothing, so that reading the table loads no torch."""
