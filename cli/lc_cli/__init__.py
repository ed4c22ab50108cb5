"""`lc-cli`: every stage of the workflow as a command that works alone."""

import io
import os
import signal
import sys

import click

from landcover.errors import LandcoverError
from lc_cli.claims import claims
from lc_cli.combine import combine
from lc_cli.diff import diff
from lc_cli.distill import distill
from lc_cli.doctor import doctor
from lc_cli.evaluate import evaluate
from lc_cli.experiments import experiments
from lc_cli.explore import explore
from lc_cli.fetch import fetch
from lc_cli.interpret import interpret
from lc_cli.map import map_scene
from lc_cli.missed import missed
from lc_cli.predict import predict
from lc_cli.profile import profile
from lc_cli.report import report
from lc_cli.train import train

INTERRUPTED, TERMINATED = 130, 143  # exit codes, as shells count signals


class Commands(click.Group):
    """Shows the library's own errors, and those of files, as one line; others stay a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except LandcoverError as error:
            raise click.ClickException(str(error)) from error
        except BrokenPipeError:
            raise  # click ends quietly if nobody reads the output
        except OSError as error:  # such as a full disk that the library did not expect
            reason = f"{error.filename or 'a file'}: {error.strerror or error}"
            is_absent = isinstance(error, FileNotFoundError)
            advice = "make it again" if is_absent else "free or unlock that place"
            raise click.ClickException(f"{reason}; {advice}") from error
        except KeyboardInterrupt:
            click.echo("Interrupted.", err=True)
            ctx.exit(INTERRUPTED)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="landcover")
def main() -> None:
    """Deep learning and land-cover classification, reproduced.

    \b
    The stages, in their order:
      fetch -> explore | profile | train -> evaluate
            -> combine | missed | interpret | predict | map -> claims | report
    """
    os.environ["MPLBACKEND"] = "agg"  # a notebook's own backend may not be installed here
    signal.signal(signal.SIGTERM, _terminate)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # characters that the locale lacks become "?"


def _terminate(*_: object) -> None:
    """Exits with all clean-up; ignores a second SIGTERM, which some batch systems send."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.write(sys.stderr.fileno(), b"Terminated.\n")  # the signal may have interrupted an echo
    sys.exit(TERMINATED)


COMMANDS = (
    doctor, experiments, fetch, explore, profile, train, evaluate, combine, missed,
    interpret, predict, map_scene, claims, report, diff, distill,
)  # fmt: skip
for command in COMMANDS:
    main.add_command(command)
