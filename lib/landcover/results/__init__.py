"""All that was measured, and what it is held against: where it lies, and how it is read.

`layout` knows every path below a results folder. `runs`, `profiles`, `insides` and `images` read
what the stages wrote, `authors` what the authors left, and `study` all of it at once. Nothing here
imports torch.
"""
