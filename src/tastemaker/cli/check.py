"""``tastemaker check``: what can be read of a workspace, and what cannot."""

from tastemaker.cli.options import AsJson, Folder
from tastemaker.cli.output import data, words

EXAMPLES = ("tastemaker check shop/", "tastemaker check shop/ --json")


def check(shop: Folder, as_json: AsJson = False) -> None:
    """Report what can be read of a workspace.

    Rows read and refused with file, line and how to mend them, pictures, attributes, events; changes nothing.
    """
    from tastemaker.catalog.checks import check as look
    from tastemaker.catalog.workspace import Workspace

    report = look(Workspace.open(shop))
    if as_json:
        data(report.to_dict())
    else:
        words(str(report))
