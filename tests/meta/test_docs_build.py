"""The site builds without a warning: no broken link, no missing anchor, no page outside the navigation."""

import re
import subprocess
import sys

import pytest

from tests.meta.blocks import FENCE, ROOT

LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)")
OUTSIDE = [ROOT / name for name in ("README.md", "PRINCIPLES.md", "CHANGELOG.md")]
"""Pages that are not part of the site."""


def test_the_site_builds_strictly(tmp_path):
    build = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path)]  # --quiet counts nothing
    done = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "index.html").is_file()
    pages = "".join(path.read_text(encoding="utf-8") for path in tmp_path.rglob("*.html"))
    assert not re.findall(r'<(?:script|link|img)[^>]+(?:src|href)="(?:https?:)?//[^"]+"', pages), "loads from elsewhere"


@pytest.mark.parametrize("path", OUTSIDE, ids=lambda path: path.name)
def test_links_of_other_pages_lead_somewhere(path):
    for target in LINK.findall(FENCE.sub("", path.read_text(encoding="utf-8"))):
        assert (path.parent / target).exists(), target
