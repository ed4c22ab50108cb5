"""All measurements, and the authors' numbers beside them: files and their records.

`layout` knows every path below a results folder. Each other file reads the files of one stage into
records: `prepared`, `audits`, `profiles`, `runs`, `evaluations`, `insides`, `combinations`,
`misses`. `authors` reads the authors' numbers, and `study` reads everything. Nothing here imports
torch.
"""
