"""All that was measured, and the authors' numbers beside it: the files and their records.

`layout` knows every path below a results folder. Each other file reads what one stage wrote into
records: `prepared`, `audits`, `profiles`, `runs`, `evaluations`, `insides`, `combinations`.
`authors` reads the authors' numbers, and `study` reads everything. Nothing here imports torch.
"""
