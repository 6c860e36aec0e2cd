"""What the product does inside a command, each part beside what a user would write by hand; see README.md."""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from timing import JOBS, Result, compare, environment, python, run


@dataclass(frozen=True)
class Bench:
    """Where the material lies, and how often each thing is measured."""

    folder: Path
    pairs: int
    returns: int
    env: Mapping[str, str]

    @property
    def campaign(self) -> Path:
        """The campaign folder."""
        return self.folder / "campaign"


def sheets(bench: Bench) -> list[Result]:
    """(a) The 13 scoring workbooks, from starting Python to the last file."""
    plan, content, out = bench.campaign / "考核方案.xlsx", bench.folder / "content", bench.folder / "out"
    theirs = ("openpyxl", python(JOBS / "make_sheets_by_hand.py", plan, content, bench.folder / "out-by-hand"))
    ours = python(JOBS / "make_sheets.py", plan, out)
    return [compare("13 workbooks", ours, theirs, pairs=bench.pairs, env=bench.env, target=">= 6")]


def values(bench: Bench) -> list[Result]:
    """(b) All values of 13 returned workbooks, inside a running process."""
    folder = bench.folder / "returned-13"
    ours, theirs = python(JOBS / "read_values.py", folder), python(JOBS / "read_values_by_hand.py", folder)
    pairs, env = bench.pairs, bench.env
    return [compare("values of 13", ours, ("pandas", theirs), pairs=pairs, env=env, inside=True, target=">= 15")]


def integrity(bench: Bench) -> list[Result]:
    """Values, formulas, locks and validations of 13 returned workbooks, inside a running process."""
    folder = bench.folder / "returned-13"
    ours, theirs = python(JOBS / "read_integrity.py", folder), python(JOBS / "read_integrity_by_hand.py", folder)
    pairs, env = bench.pairs, bench.env
    return [compare("integrity of 13", ours, ("openpyxl", theirs), pairs=pairs, env=env, inside=True, target=">= 30")]


def collect(bench: Bench) -> list[Result]:
    """(c) Collecting 13 and many returns, against only reading their values; whole processes."""
    results = []
    for name, pairs, target in (("13", bench.pairs, ""), ("many", min(bench.pairs, 3), ">= 8, < 100 MiB")):
        folder = bench.folder / f"returned-{name}"
        theirs = ("pandas", python(JOBS / "read_values_by_hand.py", folder))
        ours = python(JOBS / "collect.py", bench.campaign, folder, bench.folder / f"answers-{name}.csv")
        part = f"collect {len(list(folder.iterdir())):,}"
        results.append(compare(part, ours, theirs, pairs=pairs, env=bench.env, target=target))
    return results


def tally(bench: Bench) -> list[Result]:
    """(d) The tally of 13 returns, inside a running process."""
    job = python(JOBS / "tally.py", bench.campaign, bench.folder / "returned-13", bench.folder / "tally.xlsx")
    return [compare("tally of 13", job, None, pairs=bench.pairs, env=bench.env, inside=True)]


def usage(bench: Bench) -> list[Result]:
    """(e) The help, against importing the library that prints it; whole processes, turned round: under 2 is meant."""
    ours, theirs = python("-m", "qtool", "--help"), python("-c", "import click")
    return [compare("import click", theirs, ("qtool --help", ours), pairs=bench.pairs * 2, env=bench.env, target="< 2")]


PARTS: dict[str, Callable[[Bench], list[Result]]] = {
    "sheets": sheets,
    "values": values,
    "integrity": integrity,
    "collect": collect,
    "tally": tally,
    "help": usage,
}


def show(results: list[Result]) -> None:
    """Print a table."""
    heads = ("part", "ms", "MiB", "against", "ms", "MiB", "times", "cpu", "target", "pairs")
    rows = [
        (
            found.part,
            f"{found.ms:,.0f}",
            f"{found.peak_mib:.0f}",
            found.against,
            _figure(found.against_ms, ",.0f"),
            _figure(found.against_peak_mib, ".0f"),
            _figure(found.times, ".1f"),
            _figure(found.cpu_times, ".1f"),
            found.target,
            str(found.pairs),
        )
        for found in results
    ]
    sizes = [max(len(row[col]) for row in (heads, *rows)) for col in range(len(heads))]
    for row in (heads, *rows):
        print("  ".join(text.ljust(size) for text, size in zip(row, sizes, strict=True)).rstrip())


def _figure(value: float | None, form: str) -> str:
    return "" if value is None else format(value, form)


def main() -> None:
    """Make the material, run the parts, print and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=7, help="runs of each way, by turns; the long part runs at most 3")
    parser.add_argument("--returns", type=int, default=1000, help="how many returned workbooks are many")
    parser.add_argument("--only", nargs="+", choices=list(PARTS), default=list(PARTS), help="parts to run")
    parser.add_argument("--out", type=Path, help="write the results here, as JSON")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        bench = Bench(folder, chosen.pairs, chosen.returns, environment(folder))
        run(python(JOBS / "material.py", folder, "--returns", str(chosen.returns)), bench.env)
        results = [result for part in chosen.only for result in PARTS[part](bench)]
    show(results)
    if chosen.out:
        chosen.out.write_text(json.dumps([asdict(result) for result in results], indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
