"""A country packed into a folder that opens by double click: no server, no internet. What stands in its files.

`content.contents(desk)` gives every file; `geodata.exports.pack` writes them. The folder shows what the desk's tier may see and
an export may hold: rows and columns are those of `geodata.exports.result`, nothing is read past the desk.
"""
