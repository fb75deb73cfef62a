"""``calibrate``: fit the confidence on what reviewers of this office decided."""

from datetime import date

import click

from app import store
from app.cli import NOTHING_DONE
from app.confidence import locate_options
from app.config import settings
from app.db import session
from app.labels import refusal_text
from geo.errors import AtlasError
from geo.geocode.fitting import fit
from geo.geocode.reviewing import reviewed
from geo.io.calibration import FILE, write_calibration
from geo.survey import known_names


@click.command()
@click.option("--dry-run", is_flag=True, help="只看结果，不保存 / show the result, keep nothing")
def calibrate(*, dry_run: bool) -> None:
    """校准把握程度 / fit the confidence of located addresses on the decisions of your reviewers.

    Needs at least 200 reviewed firms, 5 of them corrected. Later runs use the fitted table; delete
    calibration/confidence.yaml in the instance folder to return to the one that ships. Exit status: 0 done, 2 nothing
    done.
    """
    with session() as opened:
        inputs = store.inputs(opened)
    names, _, _ = known_names(inputs)
    rows = list(reviewed(inputs.enterprises, inputs.decisions, names, locate_options()))
    today = date.today().isoformat()  # noqa: DTZ011
    try:
        fitted = fit(
            rows, source=f"本单位核对过的企业 {len(rows):,} 家 / {len(rows):,} firms reviewed by this office", on=today
        )
    except AtlasError as error:
        click.echo(f"没有完成 / not done: {refusal_text(error.code, error.detail)}", err=True)
        raise SystemExit(NOTHING_DONE) from error
    for one in fitted.reliability:
        claimed, right = f"声称 / claimed {one.claimed:.3f}", f"属实 / right {one.share:.3f}"
        click.echo(f"{one.low:.3f}–{one.high:.3f}: {claimed}, {right}, n={one.n}")
    click.echo(f"{fitted.n} 家 / firms; 期望校准误差 / expected calibration error {fitted.ece:.4f}")
    if not dry_run:
        write_calibration(settings().instance / FILE, fitted)


commands = [calibrate]
