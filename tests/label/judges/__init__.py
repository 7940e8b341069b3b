"""Printers on paper: programs that draw what a label's bytes say, written from the manuals of the languages and as
strict as can be. They share nothing with the product. There is no other interpreter of these languages to be had, so
they are weaker evidence than the ZPL renderer."""
