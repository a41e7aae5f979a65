"""How Sphinx sets the handbook: see script/docs."""

project = "Baton"
author = "the founders of Baton"
extensions = ["myst_parser"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = "Baton"
html_show_copyright = False
html_show_sphinx = False
html_copy_source = False
exclude_patterns = ["docs/conf.py"]
pygments_style = "friendly"
pygments_dark_style = "native"
