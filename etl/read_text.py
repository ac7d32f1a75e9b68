"""CSV and its relatives: encoding and delimiter found or checked, every cell as text."""

from __future__ import annotations

import codecs
import io
import re
import unicodedata
from pathlib import Path

import pandas as pd
from charset_normalizer import from_bytes

from etl.ragged import Ragged, ragged
from etl.recipe import Reading
from geodata.errors import SourceError

BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
DELIMITERS = (",", ";", "\t", "|", "~", "^")
# Old encodings of Latin scripts, tried by how many of their letters make sense; Windows-1252 wins a tie.
LATIN = ("cp1252", "cp850", "mac_roman")
_QUOTED = re.compile(r'"(?:[^"]|"")*(?:"|$)')
SAMPLE = 200_000


def read_csv(content: bytes, path: Path, reading: Reading) -> tuple[list[str], pd.DataFrame, list[str], dict[int, str]]:
    """Column names, all rows as text, what was found out about the file, and the rows at fault (see `ragged`)."""
    text, notes = decode(content, path, reading.encoding)
    delimiter = reading.delimiter
    if delimiter is None:
        delimiter = find_delimiter(text, path, reading.header_row)
        if delimiter != ",":
            notes.append(f"{path.name}: the delimiter is {_shown(delimiter)}.")
    if broken := ragged(_after(text, reading.header_row), delimiter, reading.header_row):
        frame = pd.DataFrame(broken.rows, columns=range(len(broken.names)), dtype="str")
        _refuse_ruin(broken, path)
        return broken.names, frame.mask(frame == ""), notes, broken.faults
    frame = _parse(text, path, delimiter, reading.header_row)
    names = [("" if pd.isna(v) else str(v)) for v in frame.iloc[0]]
    if len(names) == 1 and any(d in names[0] for d in DELIMITERS):
        raise SourceError(
            f"{path.name}: with the delimiter {_shown(delimiter)} there is only one column, {names[0][:80]!r}. Set `delimiter` to the right one, or leave it out."
        )
    return names, frame.iloc[1:], notes, {}


def _refuse_ruin(broken: Ragged, path: Path) -> None:
    """Where most rows are at fault it is the reading that is wrong, not the rows."""
    full = sum(any(row) for row in broken.rows)
    if len(broken.faults) > full:
        raise SourceError(
            f"{path.name}: {next(iter(broken.faults.values()))}, and most other lines are not better ({len(broken.faults):,} of {len(broken.faults) + full:,}). A cell with a delimiter in it must stand in double quotes; or set `delimiter`, or `header_row` if the names stand lower."
        )


def _parse(text: str, path: Path, delimiter: str, header_row: int) -> pd.DataFrame:
    try:
        return pd.read_csv(
            io.StringIO(text), sep=delimiter, header=None, dtype="str", skiprows=header_row, keep_default_na=False,
            na_values=[""], skip_blank_lines=False, low_memory=False,
        )  # fmt: skip
    except pd.errors.EmptyDataError:
        raise SourceError(f"{path.name} has no columns after {header_row} skipped rows; check `header_row`.") from None
    except pd.errors.ParserError as error:
        raise SourceError(f"{path.name} {_parser_fault(str(error), header_row)}") from None


def _parser_fault(message: str, header_row: int) -> str:
    """Of a table whose first row is one single cell; all others are looked at by `ragged`."""
    if found := re.search(r"Expected (\d+) fields in line (\d+), saw (\d+)", message):
        want, line, saw = (int(g) for g in found.groups())
        return f"has {saw} cells in line {line}, but {want} columns. A cell with a delimiter in it must stand in double quotes; or set `delimiter`, or `header_row` if the names stand lower."
    if "EOF inside string" in message:
        row = re.search(r"row (\d+)", message)
        return f"has a double quote that is never closed, from about line {int(row.group(1)) + header_row + 1 if row else '?'}. Is the file whole?"
    return f"cannot be read as a table: {message}."


# --- encoding ---------------------------------------------------------------------------------------------------


def decode(content: bytes, path: Path, given: str | None) -> tuple[str, list[str]]:
    """The text, and a note where its encoding had to be guessed. Raises SourceError where a given encoding is wrong, and for
    what is no text."""
    if given:
        return _decode_as(content, path, given), []
    found, note = find_encoding(content)
    try:
        text = content.decode(found, errors="strict" if found != "cp1252" else "replace")
    except UnicodeDecodeError:
        raise SourceError(f"{path.name} is no text, or was cut off: it begins as {found} and does not go on so. Fetch it again, or set `encoding`.") from None  # fmt: skip
    return text, [f"{path.name}: {note}"] if note else []


def find_encoding(content: bytes) -> tuple[str, str]:
    """Encoding, and a note ("" where there is no doubt)."""
    for bom, name in BOMS:
        if content.startswith(bom):
            return name, "" if name == "utf-8-sig" else f"the encoding is {name}."
    if b"\x00" in content[:400]:
        order = "utf-16-le" if content[1:2] == b"\x00" else "utf-16-be"
        return order, f"the encoding is {order}."
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        name = _legacy_encoding(content)
        return name, f"the encoding is not UTF-8; taken as {name}. If accents look wrong, set `encoding`."
    return "utf-8", ""


def _legacy_encoding(content: bytes) -> str:
    lines = [line for line in content.splitlines() if not line.isascii()]
    sample = b"\n".join(lines)[:SAMPLE]
    best = from_bytes(sample).best()
    # Scripts that are not Latin are told apart well; the Latin encodings only by their letters.
    if best is not None and any(
        a in ("Cyrillic", "Arabic", "Greek and Coptic", "Hebrew", "Thai", "Hiragana", "Katakana") or "CJK" in a
        for a in best.alphabets
    ):
        return str(best.encoding)
    return max(LATIN, key=lambda name: (_letters(sample, name), -LATIN.index(name)))


def _letters(sample: bytes, encoding: str) -> float:
    """Share of the odd characters that make sense: letters, and no capital within a word of small ones."""
    text = sample.decode(encoding, errors="replace")
    odd = [(before, c) for before, c in zip(" " + text, text, strict=False) if ord(c) > 127]
    fits = [c in "ºª°" or (unicodedata.category(c)[0] == "L" and not (c.isupper() and b.islower())) for b, c in odd]
    return sum(fits) / max(len(fits), 1)


def _decode_as(content: bytes, path: Path, encoding: str) -> str:
    try:
        codecs.lookup(encoding)
    except LookupError:
        raise SourceError(
            f"{path.name}: there is no encoding {encoding!r}; common ones are utf-8, windows-1252, latin-1, utf-16."
        ) from None
    try:
        text = content.decode(encoding)
    except UnicodeError as error:
        line = content[: error.start].count(b"\n") + 1 if isinstance(error, UnicodeDecodeError) else 1
        raise SourceError(
            f"{path.name} is not in {encoding}: line {line} has bytes that do not fit. It seems to be {find_encoding(content)[0]}; set `encoding` to it or leave it out."
        ) from None
    name = codecs.lookup(encoding).name
    if not name.startswith("utf") and not content.isascii() and find_encoding(content)[0] in ("utf-8", "utf-8-sig"):
        raise SourceError(
            f"{path.name} is in UTF-8, not {encoding}: its accents would turn into {_mojibake(text)!r}. Set `encoding` to utf-8 or leave it out."
        )
    return text.removeprefix("\ufeff")


def _mojibake(text: str) -> str:
    found = re.search(r"\w*[^\x00-\x7f]{2,}\w*", text)
    return found.group(0)[:30] if found else text[:30]


# --- delimiter --------------------------------------------------------------------------------------------------


def find_delimiter(text: str, path: Path, header_row: int = 0) -> str:
    """The delimiter that splits the header, and the rows below it alike; a comma for a file of one column."""
    lines = _QUOTED.sub("", _after(text, header_row)[:SAMPLE]).splitlines()[:60]
    lines = [line for line in lines if line.strip()]
    if not lines:
        raise SourceError(f"{path.name} has no rows after {header_row} skipped ones; check `header_row`.")
    counts = {d: [line.count(d) for line in lines] for d in DELIMITERS}

    def score(delimiter: str) -> tuple[float, int]:
        head, *rest = counts[delimiter]
        alike = sum(n == head for n in rest) / len(rest) if rest else 1.0
        return (round(alike, 1) if head else -1.0, head)

    best = max(DELIMITERS, key=score)
    return best if counts[best][0] else ","


def _after(text: str, header_row: int) -> str:
    for _ in range(header_row):
        text = text.partition("\n")[2]
    return text


def _shown(delimiter: str) -> str:
    return {"\t": "a tab", ";": "a semicolon", ",": "a comma", "|": "a bar"}.get(delimiter, repr(delimiter))
