"""The command line. Each command imports what it needs when it runs, so that ``--help`` costs next to nothing.

Exit codes: 0 as expected, 1 a verdict differs from the expected one, 2 usage, 3 undecided, 4 internal,
130 interrupted and resumable.
"""

from __future__ import annotations

import sys
import traceback

import typer

from groundwork.errors import BadInput
from tailfade.commands import check, doctor, figures, kill, listing, new_claim, show, simulate, value, verify
from tailfade.console import fail

__all__ = ["app", "main"]

USAGE, INTERNAL, INTERRUPTED = 2, 4, 130

app = typer.Typer(
    name="tailfade",
    help="Machine-checked statements about model collapse: closed forms, simulations, verdicts.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (listing, show, verify, check, kill, new_claim, simulate, value, figures, doctor):
    app.command(name=command.NAME)(command.run)


@app.callback(invoke_without_command=True)
def _options(version: bool = typer.Option(False, "--version", help="Print the version and stop.")) -> None:
    if version:
        from tailfade import __version__

        typer.echo(f"tailfade {__version__}")
        raise typer.Exit


def main() -> None:
    """Run the command line and turn what goes wrong into a line and an exit code."""
    try:
        code = app(standalone_mode=False)
        if code == INTERRUPTED:
            raise KeyboardInterrupt
        sys.exit(code if isinstance(code, int) else 0)
    except typer.TyperException as error:
        words = getattr(error, "format_message", error.__str__)()
        fail(f"{words} (tailfade --help shows the commands and their options)")
        sys.exit(USAGE)
    except BadInput as error:
        fail(str(error))
        sys.exit(USAGE)
    except (typer.Abort, KeyboardInterrupt):
        fail("interrupted: what is finished is kept; --resume goes on from there")
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except OSError as error:
        fail(f"{error.filename or 'a file'}: {error.strerror or error}")
        sys.exit(USAGE)
    except Exception:
        traceback.print_exc()
        fail("that is a defect of tailfade, not of your input: please report it with the lines above")
        sys.exit(INTERNAL)
