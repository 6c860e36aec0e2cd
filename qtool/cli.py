"""The command line, made from the list of actions: Chinese throughout, `--json` for machines.

Exit codes: 0 done, 1 errors found, 2 could not run.
"""

from __future__ import annotations

import codecs
import contextlib
import difflib
import gc
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from qtool import __version__
from qtool.actions import ACTIONS
from qtool.actions.action import Action, Face, Option, Outcome, Request
from qtool.progress import Report, silent
from qtool.text import half_widths

DONE, FAULTS, COULD_NOT = 0, 1, 2
_PATH = click.Path(path_type=Path)


class _Formatter(click.HelpFormatter):
    """Help in two columns that line up although Chinese signs are two columns wide."""

    def write_heading(self, heading: str) -> None:
        self.write(f"{heading}：\n")

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        rows = list(rows)
        widths = [half_widths(first) for first, _ in rows]
        indent = min(max(widths), col_max) + col_spacing
        for (first, second), width in zip(rows, widths, strict=True):
            self.write(f"  {first}{' ' * max(indent - width, col_spacing)}{second}\n")


class _Context(click.Context):
    formatter_class = _Formatter


class _Chinese(click.Command):
    """A command whose help and usage are Chinese; `places` says what its arguments are."""

    context_class = _Context

    def __init__(self, name: str, *, places: Sequence[tuple[str, str]] = (), **settings: Any) -> None:
        super().__init__(name, **settings)
        self.places = places

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_usage(ctx.command_path, " ".join(self.collect_usage_pieces(ctx)), "用法：")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        options = [param for param in self.get_params(ctx) if isinstance(param, click.Option)]
        records = [record for option in options if (record := option.get_help_record(ctx))]
        for title, rows in (("内容", self.places), ("选项", records)):
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        if option:
            option.help = "显示这段说明"
        return option


class _ChineseGroup(_Chinese, click.Group):
    """The group of all commands."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        _Chinese.format_options(self, ctx, formatter)
        with formatter.section("命令"):
            formatter.write_dl([(name, self.commands[name].get_short_help_str(200)) for name in self.commands])

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return list(self.commands)


def _nearest_sign(error: UnicodeError) -> tuple[str, int]:
    """Return what stands for signs that the stream cannot show; a Chinese Windows has no › in a pipe."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    signs = error.object[error.start : error.end]
    return "".join(">" if sign == "›" else "?" for sign in signs), error.end


_SIGNS = "qtool-signs"
_BETWEEN_COLLECTIONS = 100_000
"""Objects made before garbage is looked for: what a command makes mostly lives to its end, and looking took a sixth."""
codecs.register_error(_SIGNS, _nearest_sign)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code; every error becomes Chinese sentences."""
    gc.set_threshold(_BETWEEN_COLLECTIONS, 50, 100)
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(errors=_SIGNS)
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = _group().main(arguments, prog_name="qtool", standalone_mode=False)
    except click.exceptions.Exit as error:
        code = error.exit_code
    except click.ClickException as error:
        click.echo(f"{_usage_error(error)}\n用 qtool --help 查看用法。", err=True)
        code = COULD_NOT
    except (click.Abort, KeyboardInterrupt):
        click.echo("已中断，没有完成的步骤可以重新执行。", err=True)
        code = COULD_NOT
    gc.freeze()  # otherwise Python looks through all that is there once more before it ends
    sys.exit(code if isinstance(code, int) else DONE)


def _usage_error(error: click.ClickException) -> str:
    """Return a usage error in Chinese."""
    match error:
        case click.NoSuchOption(option_name=name, possibilities=close):
            return f"没有选项 {name}。" + (f"是不是要写 {'、'.join(sorted(close))}？" if close else "")
        case click.MissingParameter(param=param) if param is not None:
            return f"缺少{param.human_readable_name}。"
        case click.BadOptionUsage(option_name=name):
            return f"选项 {name} 后面{'不能' if 'does not take' in error.message else '要'}写内容。"
        case click.BadParameter(param=click.Option(opts=names, metavar=metavar)):
            return f"选项 {names[0]} 写得不对，后面要写{metavar}。"
        case click.UsageError() if "No such command" in error.message:
            name = error.message.partition("'")[2].rpartition("'")[0]
            close = difflib.get_close_matches(name, [action.name for action in ACTIONS], 1, 0.6)
            return f"没有命令 {name}。" + (f"是不是要写 {close[0]}？" if close else "")
        case click.UsageError() if "unexpected extra argument" in error.message:
            return f"多写了内容：{error.message.partition('(')[2].rstrip(').')}。"
    return "命令写得不对。"


def _group() -> _ChineseGroup:
    group = _ChineseGroup(
        "qtool",
        help="质量工作考核：方案、评分表、回收、汇总、公文。",
        invoke_without_command=True,
        callback=_nothing,
        options_metavar="[选项]",
        subcommand_metavar="命令 …",
    )
    for action in ACTIONS:
        group.add_command(_command(action))
    return click.version_option(__version__, message="qtool %(version)s", help="显示版本")(group)


@click.pass_context
def _nothing(ctx: click.Context) -> None:
    """Show the help when no command is given."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def _command(action: Action) -> _Chinese:
    params: list[click.Parameter] = [_param(option) for option in action.options]
    if not (action.options and action.options[0].kind == "folder"):
        help_ = "考核工程文件夹，默认是当前文件夹"
        params.append(click.Option(["--campaign"], type=_PATH, default=".", metavar="文件夹", help=help_))
    params.append(click.Option(["--json", "as_json"], is_flag=True, help="输出 JSON，供程序使用"))
    if action.redo:
        params.append(click.Option(["--force"], is_flag=True, help="已是最新的也重做"))

    def callback(campaign: Path = Path(), as_json: bool = False, force: bool = False, **options: Any) -> int:
        return _run(action, campaign, options, as_json=as_json, force=force)

    return _Chinese(
        action.name,
        callback=callback,
        params=params,
        places=[(option.metavar, option.help) for option in action.options if option.positional],
        help=action.summary,
        short_help=action.title,
        options_metavar="[选项]",
    )


def _param(option: Option) -> click.Parameter:
    if option.positional:
        many, text = option.kind in ("paths", "texts"), option.metavar
        metavars = {"paths": f"[{text}]…", "texts": f"{text}…"}
        return click.Argument(
            [option.name],
            type=click.STRING if option.kind in ("text", "texts") else _PATH,
            nargs=-1 if many else 1,
            required=option.kind != "paths",
            metavar=metavars.get(option.kind, text),
        )
    flag = "--" + option.name.replace("_", "-")
    if option.kind == "flag":
        return click.Option([flag, option.name], is_flag=True, help=option.help)
    kind: click.ParamType[Any] = {"path": _PATH, "number": click.INT}.get(option.kind, click.STRING)
    return click.Option([flag, option.name], type=kind, metavar=option.metavar, help=option.help)


def _run(action: Action, root: Path, options: dict[str, Any], *, as_json: bool, force: bool) -> int:
    """Run one action; the only place where what went wrong becomes words and an exit code."""
    try:
        with _progress(visible=not as_json) as (report, pause):
            outcome = action.run(Request(root, options, report, force, _face(pause, as_json=as_json)))
    except Exception as error:  # noqa: BLE001 - the boundary: users get sentences, the log gets the rest
        from qtool.actions.action import faults_of  # noqa: PLC0415 - asking for help needs none of it

        faults = faults_of(error, root)
        if as_json:
            content = {"exit": COULD_NOT, "faults": [fault.as_dict() for fault in faults]}
            click.echo(json.dumps(content, ensure_ascii=False))
        else:
            click.echo("\n".join(map(str, faults)), err=True)
        return COULD_NOT
    code = FAULTS if outcome.failed else DONE
    if as_json:
        content = {
            "exit": code,
            "said": outcome.sentences,
            "faults": [fault.as_dict() for fault in outcome.faults],
            "files": [str(path) for path in outcome.files],
            "data": outcome.data,
        }
        click.echo(json.dumps(content, ensure_ascii=False, indent=1))
    else:
        from qtool.terminal import show  # noqa: PLC0415 - rich takes longer to import than most commands run

        show(outcome)
    return code


def _face(pause: Callable[[], None], *, as_json: bool) -> Face:
    """Return what an action may ask: on a terminal its user; in a pipe a secret is read from it, and nothing asked."""
    live = sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()

    def secret(question: str) -> str:
        pause()
        if live:
            return str(click.prompt(question, hide_input=True, err=True, default="", show_default=False))
        return sys.stdin.readline() if sys.stdin is not None else ""

    def agree(outcome: Outcome) -> bool:
        pause()
        if not as_json:
            from qtool.terminal import show  # noqa: PLC0415 - as in `_run`

            show(outcome)
        if not live:
            return True
        answer = click.prompt("键入 y 发出，直接按回车不发", default="", show_default=False, err=True)
        return str(answer).strip().lower() == "y"

    return Face(secret, agree)


def _progress(*, visible: bool) -> contextlib.AbstractContextManager[tuple[Report, Callable[[], None]]]:
    """Return what reports go to, and what takes the bar away for a question."""
    if not visible or not sys.stderr.isatty():
        return contextlib.nullcontext((silent, lambda: None))
    from qtool.terminal import progress  # noqa: PLC0415 - as above

    return progress()
