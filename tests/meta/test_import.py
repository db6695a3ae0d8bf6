"""Importing the package, the command line or the catalog loads nothing heavy."""

import subprocess
import sys

import pytest

HEAVY = ("torch", "transformers", "sentence_transformers", "nicegui", "diffusers", "ray", "fastapi", "scipy.stats")


@pytest.mark.parametrize(
    "statement",
    [
        "import tastemaker",
        "import tastemaker.cli",
        "import tastemaker.cli.app as app; assert app.run(['--help']) == 0; assert app.run(['search', '--help']) == 0",
        "import tastemaker.catalog.loading, tastemaker.catalog.checks, tastemaker.core.registry",
        "import tastemaker.recommenders.hybrid, tastemaker.recommenders.factors, tastemaker.recommenders.rp3beta",
        "import tastemaker.recommenders.ease, tastemaker.recommenders.item_knn, tastemaker.recommenders.popularity",
        "import tastemaker; tastemaker.Shop; tastemaker.Catalog; tastemaker.Report; tastemaker.Client",
    ],
)
def test_nothing_heavy_is_loaded(statement):
    code = f"import sys; {statement}; print(*[name for name in {HEAVY} if name in sys.modules], file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr.strip() == ""
