"""The year's steps, one below another: how far each is, why it waits, and its one button."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Mapping, Sequence
from tkinter import ttk

from qtool.desktop.lines import Sentences
from qtool.desktop.look import Look
from qtool.desktop.wording import for_window
from qtool.state.view import Stage, Step, StepName

Entry = tuple[str, Callable[[], object]]
"""Something more that a step can do: its name and doing it; an empty name is a line between."""
_SIGNS = {Stage.DONE: "✓", Stage.DUE: "●", Stage.WAITING: "◔", Stage.BLOCKED: "○"}


class _Card(tk.Frame):
    """One step."""

    def __init__(self, parent: tk.Misc, look: Look, number: int, press: Callable[[], object]) -> None:
        super().__init__(parent, highlightthickness=1, highlightbackground=look.colour.line)
        px, self._look, self._number = look.px, look, number
        self._edge = tk.Frame(self, width=px(5))
        self._edge.pack(side="left", fill="y")
        self.button = ttk.Button(self, command=press, width=9)
        self.more = ttk.Menubutton(self, text="▾", style="Tool.TButton")
        self.more.pack(side="right", padx=(0, px(6)))
        self.button.pack(side="right", padx=(px(4), px(2)))
        words = tk.Frame(self)
        words.pack(side="left", fill="both", expand=True, padx=px(8), pady=px(5))
        self._title = tk.Label(words, anchor="w", font=look.bold)
        self._said = Sentences(words, font=look.small)
        self._why = Sentences(words, font=look.small, fg=look.colour.quiet)
        self._title.pack(fill="x")
        self._said.pack(fill="x")
        self._words = words

    def show(self, step: Step, *, following: bool, busy: bool) -> None:
        """Show a step; the one to do next stands out."""
        colour = self._look.colour
        ground = colour.accent_soft if following else colour.paper
        tint = {
            Stage.DONE: colour.good,
            Stage.DUE: colour.accent,
            Stage.WAITING: colour.warn,
            Stage.BLOCKED: colour.quiet,
        }
        for part in (self, self._words, self._title, self._said, self._why):
            part.configure(bg=ground)
        self._edge.configure(bg=colour.accent if following else ground)
        self.configure(highlightbackground=colour.accent if following else colour.line)
        self._title.configure(
            text=f"{_SIGNS[step.stage]} {self._number} {step.title}　{step.stage.value}", fg=tint[step.stage]
        )
        self._said.configure(fg=colour.ink)
        self._said.say(for_window(step.progress))
        why = for_window(step.why) if following or step.stage is not Stage.DONE else ""
        self._why.say(why)
        if why and (following or step.stage is Stage.BLOCKED):
            self._why.pack(fill="x")
        else:
            self._why.pack_forget()
        self.button.configure(
            text=f"{step.button}({self._number})",
            underline=len(step.button) + 1,
            style="Accent.TButton" if following else "TButton",
            width=max(9, len(step.button) * 2 + 2),
        )
        self.button.state(["disabled" if busy or step.stage is Stage.BLOCKED else "!disabled"])
        self.more.state(["disabled" if busy else "!disabled"])


class StepsPanel(tk.Frame):
    """All steps in their order."""

    def __init__(
        self,
        parent: tk.Misc,
        look: Look,
        press: Callable[[Step], object],
        more: Mapping[StepName, Sequence[Entry]],
    ) -> None:
        super().__init__(parent, bg=look.colour.ground)
        self._look, self._press, self._more = look, press, more
        self._cards: dict[StepName, _Card] = {}
        self._steps: dict[StepName, Step] = {}
        self._next: StepName | None = None

    def show(self, steps: Sequence[Step], following: StepName | None, *, busy: bool) -> None:
        """Show the steps; `following` names the one to do next."""
        self._next = following
        for number, step in enumerate(steps, 1):
            self._steps[step.name] = step
            if step.name not in self._cards:
                self._cards[step.name] = self._card(number, step)
            self._cards[step.name].show(step, following=step.name == following, busy=busy)

    def busy(self, *, busy: bool) -> None:
        """Let no step be begun while another thing is being done."""
        for name, card in self._cards.items():
            card.show(self._steps[name], following=name == self._next, busy=busy)

    def button(self, name: StepName) -> ttk.Button:
        """Return a step's button."""
        return self._cards[name].button

    def press(self, number: int) -> None:
        """Press the button of the step with a number, from the keyboard."""
        cards = list(self._cards.values())
        if 1 <= number <= len(cards):
            cards[number - 1].button.invoke()

    def _card(self, number: int, step: Step) -> _Card:
        name = step.name
        card = _Card(self, self._look, number, lambda: self._press(self._steps[name]))
        card.pack(fill="x", pady=(0, self._look.px(6)))
        self._look.tip(card.button, lambda: f"{self._tip(name)}（Alt+{number}）")
        self._look.tip(card.more, f"“{step.title}”这一步里还可以做的事")
        menu = tk.Menu(card.more, tearoff=False)
        for text, command in self._more[name]:
            if text:
                menu.add_command(label=text, command=command)
            else:
                menu.add_separator()
        card.more.configure(menu=menu)
        return card

    def _tip(self, name: StepName) -> str:
        step = self._steps[name]
        return for_window(step.why) or f"{step.title}：{for_window(step.progress)}"
