"""The command ``tastemaker``: its verbs, and how an error becomes a line and an exit code.

    0    done
    1    failed: the workspace, the training or the disk
    2    used wrongly: an option, an id, a filter, a picture or a setting that cannot be used
    130  stopped by Ctrl-C; nothing is half-written

Only the verb that runs imports what it needs, so that ``--help`` is quick.
"""

import os
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import Annotated

import typer
from typer.main import get_command

from tastemaker.cli import (
    add,
    chat,
    check,
    complete,
    creative,
    demo,
    doctor,
    drift,
    embed,
    evaluate,
    explain,
    fit,
    forget,
    imagine,
    import_,
    keys,
    methods,
    past,
    place,
    recommend,
    refit,
    remove,
    rollback,
    search,
    serve,
    similar,
    try_on,
)
from tastemaker.cli.output import complain, complain_of
from tastemaker.core.errors import Cancelled, InputError, TastemakerError

VERBS: dict[str, tuple[Callable[..., None], tuple[str, ...]]] = {
    "demo": (demo.demo, demo.EXAMPLES),
    "import": (import_.import_, import_.EXAMPLES),
    "check": (check.check, check.EXAMPLES),
    "fit": (fit.fit, fit.EXAMPLES),
    "refit": (refit.refit, refit.EXAMPLES),
    "add": (add.add, add.EXAMPLES),
    "remove": (remove.remove, remove.EXAMPLES),
    "past": (past.past, past.EXAMPLES),
    "forget": (forget.forget, forget.EXAMPLES),
    "recommend": (recommend.recommend, recommend.EXAMPLES),
    "search": (search.search, search.EXAMPLES),
    "similar": (similar.similar, similar.EXAMPLES),
    "complete": (complete.complete, complete.EXAMPLES),
    "imagine": (imagine.imagine, imagine.EXAMPLES),
    "creative": (creative.creative, creative.EXAMPLES),
    "try-on": (try_on.try_on, try_on.EXAMPLES),
    "place": (place.place, place.EXAMPLES),
    "explain": (explain.explain, explain.EXAMPLES),
    "chat": (chat.chat, chat.EXAMPLES),
    "evaluate": (evaluate.evaluate, evaluate.EXAMPLES),
    "embed": (embed.embed, embed.EXAMPLES),
    "serve": (serve.serve, serve.EXAMPLES),
    "keys": (keys.keys, keys.EXAMPLES),
    "rollback": (rollback.rollback, rollback.EXAMPLES),
    "methods": (methods.methods, methods.EXAMPLES),
    "doctor": (doctor.doctor, doctor.EXAMPLES),
    "drift": (drift.drift, drift.EXAMPLES),
}
EXAMPLES = ("tastemaker demo", 'tastemaker search shop/ "linen dress, but in red"')


def _examples(lines: Sequence[str]) -> str:
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)


app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
)
for _verb, (_function, _lines) in VERBS.items():
    app.command(_verb, epilog=_examples(_lines))(_function)


@app.callback(epilog=_examples(EXAMPLES), invoke_without_command=True)
def tastemaker(
    context: typer.Context,
    show_version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Recommendations, rich search and explanations over one catalog, from raw pictures, words and events."""
    if show_version:
        print(version("tastemaker"))
        raise typer.Exit
    if context.invoked_subcommand is None:
        raise InputError("no verb was given", hint="`tastemaker --help` lists them, `tastemaker demo` shows them")


def run(arguments: Sequence[str]) -> int:
    """Run one command and give its exit code."""
    try:
        code = get_command(app).main(args=list(arguments), prog_name="tastemaker", standalone_mode=False)
        sys.stdout.flush()
    except typer.TyperException as error:
        complain(error.format_message(), _help_for(error))
        return error.exit_code
    except (KeyboardInterrupt, typer.Abort, Cancelled):
        complain("stopped; nothing is half-written")
        return 130
    except TastemakerError as error:
        complain_of(error)
        return 2 if isinstance(error, InputError) else 1
    except BrokenPipeError:  # whoever read our answer has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        complain(f"{error.strerror or error}: {error.filename!r}" if error.filename else str(error))
        return 1
    return code if isinstance(code, int) else 0


def main() -> None:
    """Entry point of the installed command."""
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # threads that wait must not burn a core that others need
    sys.exit(run(sys.argv[1:]))


def _help_for(error: typer.TyperException) -> str:
    """The next step after a wrong use: the help of the verb in question."""
    context = getattr(error, "ctx", None)
    return f"`{context.command_path} --help` shows how it is used" if context else "`tastemaker --help`"
