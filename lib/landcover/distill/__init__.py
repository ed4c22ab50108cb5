"""Makes a small folder of results to send with a paper: numbers, pictures, a few weights."""
