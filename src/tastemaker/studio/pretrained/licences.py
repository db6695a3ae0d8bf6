"""What weights may be used for: by what the user states, else by the model's card, its licence file and its name.

Of several that are found the strictest counts: a card that says Apache over weights made from non-commercial ones does
not make them free. What is not known counts as non-commercial. This is a table, not advice on law.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

KNOWN: Mapping[str, bool] = {
    "apache-2.0": True, "mit": True, "bsd-2-clause": True, "bsd-3-clause": True, "cc0-1.0": True, "cc-by-4.0": True,
    "cc-by-sa-4.0": True, "openrail": True, "openrail++": True, "creativeml-openrail-m": True,
    "bigscience-openrail-m": True, "stabilityai-ai-community": False, "flux-1-dev-non-commercial-license": False,
    "flux-non-commercial-license": False, "qwen-research": False, "sai-nc-community": False,
}  # fmt: skip
"""Licences by their hub or SPDX name: may the weights be used commercially? False also where that takes a condition,
such as a turnover below a limit: who meets it says ``commercial = true``."""
FORBIDS = re.compile(r"non-?commercial|\bnc\b|-nc-|research", re.IGNORECASE)
"""In the name of a licence that is not in the table."""
PHRASES: Mapping[str, str] = {
    "flux.1 [dev] non-commercial": "flux-1-dev-non-commercial-license",
    "flux non-commercial": "flux-non-commercial-license",
    "stability ai community license": "stabilityai-ai-community",
    "stability ai non-commercial": "sai-nc-community",
    "qwen research license": "qwen-research",
    "attribution-noncommercial": "cc-by-nc-4.0",
    "creativeml open rail++-m": "openrail++",
    "creativeml open rail-m": "creativeml-openrail-m",
    "apache license": "apache-2.0",
    "permission is hereby granted, free of charge": "mit",
    "attribution 4.0 international": "cc-by-4.0",
}
"""What stands at the beginning of a licence file."""
WEIGHTS: Mapping[str, str] = {
    "black-forest-labs/flux.1-schnell": "apache-2.0",
    "black-forest-labs/flux.1-": "flux-1-dev-non-commercial-license",
    "black-forest-labs/flux.2-klein-4b": "apache-2.0",
    "black-forest-labs/flux.2-klein-base-4b": "apache-2.0",
    "black-forest-labs/flux.2-": "flux-non-commercial-license",
    "qwen/qwen-image": "apache-2.0",
    "diffusers/stable-diffusion-xl-1.0-inpainting": "openrail++",
    "stabilityai/stable-diffusion-xl-": "openrail++",
    "stabilityai/stable-diffusion-2": "openrail++",
    "stabilityai/stable-diffusion-3": "stabilityai-ai-community",
    "stabilityai/sdxl-turbo": "sai-nc-community",
    "stabilityai/sd-turbo": "sai-nc-community",
    "stable-diffusion-v1-5/": "creativeml-openrail-m",
    "runwayml/stable-diffusion-": "creativeml-openrail-m",
    "compvis/stable-diffusion-": "creativeml-openrail-m",
}
"""Weights by how their name begins; the longest beginning counts."""
READ = 4000
"""Characters of a card or a licence file that are read."""


@dataclass(frozen=True)
class Licence:
    """A licence of weights.

    Attributes:
        name: as SPDX or the hub call it; "unknown" when nothing says it.
        commercial: may the weights be used commercially?
        source: where it stands.
    """

    name: str
    commercial: bool
    source: str

    @property
    def known(self) -> bool:
        """Is it in the table, or clear from its name?"""
        return self.name.casefold() in KNOWN or FORBIDS.search(self.name) is not None


def licence_of(folder: Path, name: str, stated: str = "", *, commercial: bool | None = None) -> Licence:
    """The licence of weights.

    Args:
        folder: where they are.
        name: as the user gave it: a path or a name of the hub.
        stated: what the user says it is; overrules what is found.
        commercial: what the user says it allows; overrules the table.
    """
    found = [_judged(stated, "the settings")] if stated else list(_found(folder, name))
    strictest = min(found, key=lambda each: each.commercial, default=_judged("unknown", "nothing"))
    if commercial is None:
        return strictest
    return Licence(strictest.name, commercial, "the settings")


def _found(folder: Path, name: str) -> Iterator[Licence]:
    """What is said about a folder, from several places."""
    for card in ("README.md", "readme.md"):
        if (folder / card).is_file():
            told = _of_card(_beginning(folder / card))
            if told:
                yield _judged(told, "the model card")
            break
    for path in sorted(folder.glob("[Ll][Ii][Cc][Ee][Nn][CcSs][Ee]*")):
        text = " ".join(_beginning(path).casefold().split()) if path.is_file() else ""
        for phrase, told in PHRASES.items():
            if phrase in text:
                yield _judged(told, path.name)
                break
    for known in _names(folder, name):
        fitting = [start for start in WEIGHTS if known.casefold().startswith(start)]
        if fitting:
            yield _judged(WEIGHTS[max(fitting, key=len)], f"the name {known}")


def _judged(name: str, source: str) -> Licence:
    return Licence(name, KNOWN.get(name.casefold(), False), source)


def _of_card(text: str) -> str:
    """What the head of a model card calls its licence; "" when it does not."""
    head = re.match(r"---\s*\n(.*?)\n---", text, re.DOTALL)
    told = dict(re.findall(r"^(license|license_name):[ \t]*[\"']?([^\s\"'#]+)", head[1], re.MULTILINE)) if head else {}
    return str(told.get("license_name") or told.get("license", ""))


def _names(folder: Path, name: str) -> Iterator[str]:
    """What the weights and their parts were called where they come from."""
    yield _plain(name)
    yield _plain(str(folder))
    for path in (folder / "model_index.json", *sorted(folder.glob("*/config.json"))):
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        if isinstance(told, dict) and isinstance(told.get("_name_or_path"), str):
            yield _plain(told["_name_or_path"])


def _plain(name: str) -> str:
    """The name of the hub in the path of its cache: ``models--owner--name``."""
    cached = re.search(r"models--([^/\\]+?)--([^/\\]+)", name)
    return f"{cached[1]}/{cached[2]}" if cached else name


def _beginning(path: Path) -> str:
    with path.open(encoding="utf-8", errors="replace") as stream:
        return stream.read(READ)
