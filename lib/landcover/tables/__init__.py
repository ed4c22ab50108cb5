"""Results -> tables: a file per table of the report, and three ways to write any of them.

A table is a DataFrame with every digit, ours and the authors' in columns of their own; that is its
CSV. What people read (the page, Markdown, LaTeX) are the table's `Column`s, each a way to say one
thing about a row. A table's file has both: `table`, which makes the rows, and `COLUMNS`.
"""
