"""The verbs, one file each; `table.py` lists them."""
