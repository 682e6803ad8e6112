"""The browser module's own codes, as its sources say them."""

import re
from collections.abc import Iterator
from pathlib import Path

CLIENT = Path("web/client")

_REFUSAL = re.compile(r'new Refusal\(\s*"(\w+)"')
_ENDS = re.compile(r"const ENDS = \{(.*?)\n\};", re.DOTALL)
_END = re.compile(r'\[("\w+"(?:, "\w+")?)\]')
_GATEWAY = re.compile(r"const GATEWAY_CODES = \{(.*?)\};", re.DOTALL)
_CHOSEN = re.compile(r'(?:const unnamed = .*?|\bcode = |able \? null : )"(\w+)"(?: : "(\w+)")?')
_OTHERWISE = re.compile(r'\? ENDS\[name\] : \["\w+", "(\w+)"\]')
_WORD = re.compile(r'"(\w+)"')


def client_codes(root: Path) -> frozenset[str]:
    """Each code that a refusal or an outcome of `client.js` can carry, besides the API's."""
    texts = [path.read_text("utf-8") for path in sorted((root / CLIENT).glob("*.js"))]
    return frozenset(code for text in texts for code in _said(text))


def _said(text: str) -> Iterator[str]:
    yield from _REFUSAL.findall(text)
    for ends in _ENDS.findall(text):
        # The last word is the code; a reason that stands alone is the code of an approval.
        yield from (_WORD.findall(end)[-1] for end in _END.findall(ends))
    for mapping in _GATEWAY.findall(text):
        yield from _WORD.findall(mapping)
    for chosen in _CHOSEN.findall(text):
        yield from filter(None, chosen)
    yield from _OTHERWISE.findall(text)
