"""The rejected rows as a workbook to fill in: what each really is; read back by `geodata.fieldwork.rejectedrows`."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime

import xlsxwriter

from geodata.exports.formula import AS_TEXT, safe
from geodata.exports.workbook import fit
from geodata.fieldwork.rejectedrows import KINDS, MENDED, ROW, SAME, SOURCE, WHAT, RejectedRow
from geodata.say import language, tr

FILE = "rejected-rows.xlsx"


def rejected_bytes(rows: Sequence[RejectedRow], place: str, *, synthetic: bool = False) -> bytes:
    """The workbook; the same rows give the same bytes. No cell is a formula or a link."""
    stream = io.BytesIO()
    plain = {"in_memory": True, **AS_TEXT}
    with xlsxwriter.Workbook(stream, plain) as book:
        book.set_properties({"title": "First Mile", "created": datetime(2000, 1, 1)})
        quiet = book.add_format({"bg_color": "#F1EEE6", "text_wrap": True, "valign": "top", "border": 1, "border_color": "#D9D4C7", "num_format": "@"})  # fmt: skip
        free = book.add_format({"locked": False, "text_wrap": True, "valign": "top", "border": 1, "border_color": "#8A8577", "num_format": "@"})  # fmt: skip
        head = book.add_format({"bold": True, "bg_color": "#E3DECF", "text_wrap": True, "valign": "top"})
        small = book.add_format({"font_size": 7, "font_color": "#8A8577"})
        sheet = book.add_worksheet(tr("Rejected rows")[:31])
        if language().direction == "rtl":
            sheet.right_to_left()
        title = tr("Rejected rows of {place}: say what each one is", place=place)
        sheet.write_string(0, 0, fit(safe(title)), book.add_format({"bold": True, "font_size": 14}))
        note = tr("Fill in the white cells. The answers go to whoever keeps the register; no build takes them by itself. Write nothing about any person.")  # fmt: skip
        sheet.write_string(1, 0, note + (" " + tr("Synthetic demonstration data.") if synthetic else ""))
        titles = (
            (SOURCE, tr("Source"), 22), (ROW, tr("Row in the file"), 10), ("why", tr("Why it was rejected"), 44), ("original", tr("Original values"), 60),
            (WHAT, tr("What it really is"), 30), (SAME, tr("Id of the other school"), 18), (MENDED, tr("What the row should say"), 44),
        )  # fmt: skip
        for at, (key, text, wide) in enumerate(titles):
            sheet.set_column(at, at, wide)
            sheet.write_string(3, at, key, small)
            sheet.write_string(4, at, text, head)
        for number, row in enumerate(rows, start=5):
            for at, text in enumerate((row.source, row.row, row.reason, row.original)):
                sheet.write_string(number, at, fit(safe(text)), quiet)
            for at in (4, 5, 6):
                sheet.write_blank(number, at, None, free)
        if rows:
            words = [tr(word) for word in KINDS.values()]
            sheet.data_validation(5, 4, 4 + len(rows), 4, {"validate": "list", "source": words})
        sheet.freeze_panes(5, 2)
        sheet.protect("", {"format_columns": True, "format_rows": True, "sort": True, "autofilter": True})
    return stream.getvalue()
