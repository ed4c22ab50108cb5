from dataclasses import asdict
from pathlib import Path

import click

from landcover.errors import LandcoverError
from landcover.results import layout
from lc_cli import options, output, places

MARKS = {"good": "✓", "absent": "–", "bad": "✗"}


@click.command()
@options.data
@options.as_json
def doctor(source: Path | None, as_json: bool) -> None:
    """Check what this machine can do and what is missing.

    It says how to get what is missing.
    The exit code is 1 if something necessary is missing or broken.

    \b
    Example:
      lc-cli doctor
    """
    from landcover.doctor import Places, examine

    findings = examine(Places(places.CACHE, layout.HOME, source))
    if as_json:
        output.as_json([asdict(finding) for finding in findings])
    else:
        rows = [(MARKS[f.state], f.subject, f.found) for f in findings]
        output.table("This machine", ("", "what", "found"), rows)
        for finding in findings:
            if finding.advice:
                click.echo(f"{MARKS[finding.state]} {finding.subject}: {finding.advice}")
    if bad := [finding.subject for finding in findings if finding.state == "bad"]:
        raise LandcoverError(f"to be mended: {', '.join(bad)}; the advice is above")
