"""``tailfade value``: the exact value of a closed form, with its formula and where it comes from."""

from __future__ import annotations

import io
import pathlib
import sys

import typer

NAME = "value"


def run(
    name: str = typer.Argument(None, metavar="QUANTITY", help="MODULE.FUNCTION, for example gaussian.w2_mean."),
    params: list[str] = typer.Argument(None, metavar="key=value…", help="Its parameters; lists by commas."),
    json: bool = typer.Option(False, "--json", help="One JSON document on stdout."),
    batch: pathlib.Path = typer.Option(
        None,
        "--batch",
        metavar="FILE",
        help='One {"name", "params"} a line in, one JSON line out; - is stdin.',
    ),
    names: bool = typer.Option(False, "--list", help="List all quantities."),
) -> int:
    """Print the exact value of a closed form: its formula, the number, and where it comes from."""
    from groundwork.errors import BadInput
    from tailfade import values
    from tailfade.console import console, emit

    if batch is not None:
        return _batch(batch)
    if names:
        for each in values.names():
            typer.echo(each)
        return 0
    if name is None:
        raise BadInput("QUANTITY", None, "the name of a quantity", "tailfade value --list shows them")
    result = values.evaluate(name, values.parse(params or []))
    if json:
        emit({"name": result.name, "params": result.params, "value": result.value})
        return 0
    out = console()
    given = ", ".join(f"{key} = {value}" for key, value in result.params.items())
    out.print(f"{result.name}({given})", markup=False, soft_wrap=True)
    out.print(f"  formula  {result.formula_text}", markup=False, soft_wrap=True)
    out.print(f"  value    {result.value!r}   ({result.status})", markup=False, soft_wrap=True)
    out.print(f"  source   {result.source}", markup=False, soft_wrap=True)
    return 0


def _batch(file: pathlib.Path) -> int:
    import json

    from groundwork.errors import BadInput
    from tailfade import values

    if str(file) != "-" and not file.is_file():
        raise BadInput("--batch", str(file), "a file of JSON lines that exists, or - for stdin")
    if str(file) == "-" and isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")
    lines = sys.stdin if str(file) == "-" else file.open(encoding="utf-8", errors="replace")
    try:
        for answer in values.batch(lines):
            sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
            sys.stdout.flush()
    finally:
        if lines is not sys.stdin:
            lines.close()
    return 0
