"""The handbook: the pages of docs/, what the program tells of itself, and how both are ordered.

`script/docs` assembles it here and has Sphinx set it (docs/adr/0040).
"""
