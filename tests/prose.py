"""Finds prose in the code that no catalogue would ever see: texts outside `tr`, `trn`, `later` and `words.count`.

A text is prose where it has a space between words, or is a single word in a place that is shown (a component's child, a
label). What is addressed to machines (styles, ids, queries, log lines, errors of developers) is left aside by its place.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

SAID = {"tr", "trn", "later", "told", "count", "in_words", "say"}  # calls whose texts the catalogues have
DECLARED = {
    "Indicator",
    "Criterion",
    "Method",
    "Check",
    "Export",
    "Field",
    "PolicyNumber",
    "Dimension",
    "Page",
}  # so too
MACHINES = {"sql", "execute", "compile", "sub", "match", "fullmatch", "findall", "search", "clientside_callback", "Input", "Output", "State", "strftime", "getattr", "hasattr", "found", "split", "partition", "rpartition", "startswith", "endswith", "removesuffix", "removeprefix", "read_sql", "TypeVar", "NewType", "namedtuple", "get_group", "text"}  # fmt: skip
SILENT = {"className", "class_name", "id", "id_", "style", "href", "type", "theme", "dashGridOptions", "styles", "role", "xmlns", "d", "viewBox", "transform", "query", "sql", "how", "on", "key", "kind", "colour", "color", "fill", "stroke", "font_family", "family", "rel", "target", "src", "orient", "dtype", "format", "encoding", "suffix", "media", "width", "height", "columns", "by", "axis", "mode", "position", "variant", "size", "justify", "align", "gap", "reference", "textposition", "font"}  # fmt: skip
SHOWN = {"title", "label", "placeholder", "aria-label", "alt", "children", "description", "caption", "note", "nothingFoundMessage", "headerName", "headerTooltip", "valueName", "tooltip", "text"}  # fmt: skip
UNSAID_KEYS = {"field", "valueGetter", "cellRenderer", "valueFormatter", "function", "cellClass", "filter", "cellDataType", "colId", "type", "sort", "pinned"}  # fmt: skip
WORD = re.compile(r"[A-Za-zÀ-ÿ]{2,}")
TAG = re.compile(r"<[^<>]*>")
HEAD = re.compile(r"[A-Z][a-z]{2,}")
CODE = re.compile(
    r"filename=|=device-width|<path|=>|function|window\.|params\.|^\s*(SELECT|WITH|FROM|WHERE|AND|ORDER|GROUP|COUNT|CASE|CAST|COALESCE|JOIN|LEFT|NOT|IN|OR)\b"
    r"|var\(--|https?://|^\d+px|rgba?\(|minmax\(|default-src|'self'|^(middle|top|bottom) (left|right|center)$|[{};]\s*$|Noto Sans"
)


def prose(text: str) -> bool:
    """Whether a text has words with a space between them and is none of those that machines read."""
    text = TAG.sub("", text)
    parts = text.split()
    if " " not in text.strip() or not WORD.search(text) or CODE.search(text):
        return False
    classes = all(re.fullmatch(r"[a-z]+(-[a-z0-9\0]+)+|[a-z]+", part) for part in parts)
    columns = all(re.fullmatch(r"[a-z_]+\.?[a-z_]*", part) for part in parts)
    return not (classes and sum("-" in part for part in parts) * 2 >= len(parts)) and not (
        columns and any("_" in p for p in parts)
    )


def word(text: str) -> bool:
    """Whether a text that is shown says something: a word, no id and no class."""
    return bool(WORD.search(text)) and not re.fullmatch(r"[a-z0-9]+([-_./][a-z0-9]+)+|/.*|#.*", text)


class Finder(ast.NodeVisitor):
    """Walks a module and keeps the texts that nothing translates, with their lines."""

    def __init__(self, *, top: bool = True) -> None:
        self.found: list[tuple[int, str]] = []
        self.inside = top  # where `top` is not asked for, only what functions say counts

    def keep(self, node: ast.expr, text: str) -> None:
        """A finding."""
        if not self.inside:
            return
        self.found.append((node.lineno, text.replace("\0", "{}")))

    def body(self, nodes: list[ast.stmt]) -> None:
        """The statements of a body without its docstring, and without texts that stand as remarks."""
        for node in nodes:
            if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
                self.visit(node)

    def visit_Module(self, node: ast.Module) -> None:
        self.body(node.body)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        for default in (*node.args.defaults, *node.args.kw_defaults):
            if default is not None:
                self.visit(default)
        before, self.inside = self.inside, True
        self.body(node.body)
        self.inside = before

    visit_AsyncFunctionDef = visit_FunctionDef  # type: ignore[assignment]  # noqa: N815

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.body(node.body)

    def visit_Compare(self, node: ast.Compare) -> None:
        for part in (node.left, *node.comparators):
            if not isinstance(part, ast.Constant | ast.Tuple | ast.Set | ast.List):
                self.visit(part)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        self.visit(node.value)

    def visit_Assign(self, node: ast.Assign) -> None:
        if getattr(node.targets[0], "id", "") != "__all__":
            self.visit(node.value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def visit_Assert(self, node: ast.Assert) -> None:
        """What developers read."""

    def visit_Call(self, node: ast.Call) -> None:
        root: ast.expr = node.func
        while isinstance(root, ast.Attribute):
            root = root.value
        room = root.id if isinstance(root, ast.Name) else ""
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name in SAID | DECLARED:
            for part in (*node.args, *(k.value for k in node.keywords)):
                if not isinstance(part, ast.Constant | ast.IfExp):
                    self.visit(part)
            return
        if room == "log" or name in MACHINES or name.endswith("Error"):
            return
        component = room in ("html", "dmc")
        for part in node.args:
            self.child(part) if component else self.visit(part)
        if isinstance(node.func, ast.Attribute):
            self.visit(node.func.value)
        for keyword in node.keywords:
            if keyword.arg not in SILENT:
                self.child(keyword.value) if component and keyword.arg in SHOWN else self.visit(keyword.value)

    def visit_Dict(self, node: ast.Dict) -> None:
        for key, value in zip(node.keys, node.values, strict=True):
            name = key.value if isinstance(key, ast.Constant) else None
            if name in SHOWN:
                self.child(value)
            elif name not in SILENT | UNSAID_KEYS:
                self.listed(value)

    def visit_Tuple(self, node: ast.Tuple) -> None:
        for part in node.elts:
            self.listed(part)

    visit_List = visit_Tuple  # type: ignore[assignment]  # noqa: N815

    def listed(self, node: ast.expr) -> None:
        """Something in a list or a dictionary: a single word with a capital there is a head or a name to be shown."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and HEAD.fullmatch(node.value):
            self.keep(node, node.value)
        else:
            self.visit(node)

    def child(self, node: ast.expr) -> None:
        """What stands where a component shows it."""
        match node:
            case ast.Constant(value=str(text)):
                if word(text):
                    self.keep(node, text)
            case ast.List(elts=parts) | ast.Tuple(elts=parts):
                for part in parts:
                    self.child(part)
            case ast.IfExp(test=test, body=body, orelse=other):
                self.visit(test)
                self.child(body)
                self.child(other)
            case ast.Starred(value=value):
                self.child(value)
            case ast.JoinedStr():
                self.joined(node, shown=True)
            case _:
                self.visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str) and prose(node.value):
            self.keep(node, node.value)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        self.joined(node)

    def joined(self, node: ast.JoinedStr, *, shown: bool = False) -> None:
        """A text with values in it."""
        text = "".join(str(v.value) if isinstance(v, ast.Constant) else "\0" for v in node.values)
        own = re.sub(r"\0\w*|\w*\0", " ", TAG.sub("", text))
        said = WORD.search(own) and (shown or (" " in text and prose(text)))
        classes = re.fullmatch(r"[a-z0-9 \0_/?=&.-]*", text) and re.search(r"[-/=_]", text)
        if said and not classes and not CODE.search(text):
            self.keep(node, text)
        for value in node.values:
            if isinstance(value, ast.FormattedValue):
                self.visit(value.value)


def unsaid(path: Path, *, top: bool = True) -> Iterator[tuple[int, str]]:
    """Line and text of every prose literal of a module that no catalogue has; without `top` only of its functions."""
    finder = Finder(top=top)
    finder.visit(ast.parse(path.read_text(encoding="utf-8")))
    yield from sorted(finder.found)
