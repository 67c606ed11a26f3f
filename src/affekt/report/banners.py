"""Warnings that stand above a page, and go with predictions that are published."""

from affekt.report.inputs import Banner, ReportInput
from affekt.report.numbers import is_generated, is_simulated


def banners(given: ReportInput) -> tuple[Banner, ...]:
    """Warn of what is not of this world, and of what published predictions were warned of."""
    found = list(given.banners)
    if is_generated(given):
        found.append(
            Banner(
                "Generated pictures.",
                "Some or all pictures behind this page were painted by a program.",
            )
        )
    if is_simulated(given):
        found.append(
            Banner(
                "Simulated crowd.",
                "No person voted; the votes were drawn by a program with known faults.",
            )
        )
    return tuple(found)
