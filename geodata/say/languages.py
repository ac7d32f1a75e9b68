"""The languages there are, and the one in which the current request or command speaks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache, wraps
from typing import Any, Literal, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Language:
    """One language: its code, its name in itself, its direction, and whether a native speaker reviewed its catalogue."""

    code: str
    name: str
    direction: Literal["ltr", "rtl"] = "ltr"
    reviewed: bool = False


LANGUAGES: dict[str, Language] = {
    one.code: one
    for one in (
        Language("en", "English", reviewed=True),
        Language("fr", "Français"),
        Language("es", "Español"),
        Language("pt", "Português"),
        Language("ar", "العربية", "rtl"),
    )
}
_current: ContextVar[str] = ContextVar("language", default="en")


def language() -> Language:
    """The language that is spoken now; English where none was chosen."""
    return LANGUAGES[_current.get()]


def speak(code: str) -> None:
    """From now on, in this request or command, speak this language; English where we do not have it."""
    _current.set(code if code in LANGUAGES else "en")


@contextmanager
def speaking(code: str) -> Iterator[Language]:
    """Speak a language for a while: `with speaking("ar"): ...`."""
    token = _current.set(code if code in LANGUAGES else "en")
    try:
        yield language()
    finally:
        _current.reset(token)


def remembered(maxsize: int = 32) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """`lru_cache` for functions whose result holds sentences: one result per language."""

    def wrap(function: Callable[P, R]) -> Callable[P, R]:
        @lru_cache(maxsize=maxsize)
        def kept(_code: str, *args: Any, **kwargs: Any) -> R:
            return function(*args, **kwargs)

        @wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            return kept(_current.get(), *args, **kwargs)  # type: ignore[arg-type]

        call.cache_clear = kept.cache_clear  # type: ignore[attr-defined]
        call.cache_info = kept.cache_info  # type: ignore[attr-defined]
        return call

    return wrap
