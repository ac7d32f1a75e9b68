"""Secrets are struck out of everything that is written or said: addresses, messages, what services echo."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, quote_plus, urlencode, urlsplit

STRUCK = "***"
# Parameters that hold a secret whatever their value, and signatures that differ from call to call.
NAMES = re.compile(
    r"(?i)^(.*[_-])?(token|api_?key|key|password|passwd|secret|auth|authorization|signature|sig|credential|app_identifier)$|^x-amz-|^awsaccesskeyid$|^expires$"
)
LEAST = 4  # shorter secrets cannot be told from words
LEAST_IN_DATA = 12  # in data, a password that is a word ("district") must not strike out that word
LEAST_MIXED = 8  # one of letters, figures and signs mixed ("Kenya#2024") is no word


@dataclass
class Veil:
    """What must not be seen; `add` takes what is learnt on the way, such as a token that a log-in gives."""

    secrets: set[str] = field(default_factory=set, repr=False)

    def add(self, *secrets: str) -> None:
        """Hide these from now on."""
        self.secrets.update(s for s in secrets if s)

    def text(self, text: str) -> str:
        """A message without secrets."""
        for form in self._forms(LEAST):
            text = text.replace(form, STRUCK)
        return text

    def content(self, content: bytes) -> bytes:
        """An answer without the secrets that it echoes."""
        for form in self._forms(LEAST_IN_DATA, LEAST_MIXED):
            content = content.replace(form.encode(), STRUCK.encode())
        return content

    def address(self, address: str) -> str:
        """An address without user, fragment, and the values of parameters that are secret by name or by value."""
        try:
            parts = urlsplit(address)
        except ValueError:  # no address at all
            return self.text(address.partition("?")[0])
        pairs = [(n, STRUCK if NAMES.search(n) else v) for n, v in parse_qsl(parts.query, keep_blank_values=True)]
        host = parts.netloc.rpartition("@")[2]
        query = urlencode(pairs, safe="*,:/[]()$")
        return self.text(parts._replace(netloc=host, query=query, fragment="").geturl())

    def _forms(self, least: int, mixed: int = LEAST) -> list[str]:
        """Each secret as it may stand in a text, the longest first, so that no part of one is left."""
        forms = set()
        for secret in self.secrets:
            if len(secret) >= (mixed if _mixed(secret) else least):
                coded = base64.b64encode(secret.encode()).decode()
                forms |= {secret, quote(secret, safe=""), quote(secret), quote_plus(secret), secret.replace("/", r"\/"), coded}  # fmt: skip
        return sorted(forms, key=lambda form: (-len(form), form))


def _mixed(secret: str) -> bool:
    """Whether a secret is of letters and figures, or holds a sign: no word and no number that data hold by chance."""
    return not (secret.isalpha() or secret.isdecimal() or secret.replace("-", "").replace("_", "").isalpha())
