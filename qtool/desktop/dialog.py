"""What every dialog of the window has: it is modal, lies over its parent, Enter agrees and Escape gives up."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk

from qtool.desktop.look import Look


class Dialog(tk.Toplevel):
    """A modal dialog: fill `body`, then `wait`; `agreed` tells whether the user agreed."""

    def __init__(self, parent: tk.Misc, look: Look, title: str, *, yes: str = "确定", no: str = "取消") -> None:
        super().__init__(parent.winfo_toplevel(), bg=look.colour.ground)
        self.withdraw()
        self.title(title)
        self.transient(parent.winfo_toplevel())
        self.look, self.agreed = look, False
        px = look.px
        foot = ttk.Frame(self, padding=(px(14), px(4), px(14), px(12)))
        foot.pack(side="bottom", fill="x")
        self.no = ttk.Button(foot, text=f"{no}(N)", underline=len(no) + 1, command=self.give_up)
        self.yes = ttk.Button(
            foot, text=f"{yes}(Y)", underline=len(yes) + 1, command=self.agree, style="Accent.TButton"
        )
        if no:
            self.no.pack(side="right")
            look.tip(self.no, "不做，回到窗口（Esc）")
        if yes:
            self.yes.pack(side="right", padx=(0, px(8)))
            look.tip(self.yes, f"{yes}（回车）")
        self.foot = foot
        self.body = ttk.Frame(self, padding=(px(16), px(14), px(16), px(8)))
        self.body.pack(fill="both", expand=True)
        self.bind("<Escape>", lambda _event: self.give_up())
        self.bind("<Alt-y>", lambda _event: self.yes.invoke() if yes else None)
        self.bind("<Alt-n>", lambda _event: self.give_up())
        self.protocol("WM_DELETE_WINDOW", self.give_up)

    def wait(self, focus: tk.Misc | None = None, *, enter: bool = True) -> bool:
        """Show the dialog and return at its end whether the user agreed."""
        if enter:
            self.bind("<Return>", lambda _event: self.yes.invoke())
        self._place()
        self.deiconify()
        self.lift()
        self.wait_visibility()
        self.grab_set()
        (focus or self.yes).focus_set()
        self.wait_window()
        return self.agreed

    def agree(self) -> None:
        """End it with a yes; overridden where something must be right first."""
        self.agreed = True
        self.destroy()

    def give_up(self) -> None:
        """End it with a no."""
        self.destroy()

    def _place(self) -> None:
        """Put it over the middle of its parent, on the screen."""
        self.update_idletasks()
        over, wide, tall = self.master.winfo_toplevel(), self.winfo_reqwidth(), self.winfo_reqheight()
        room = self.winfo_screenwidth(), self.winfo_screenheight() - self.look.px(60)
        if wide > room[0] or tall > room[1]:
            wide, tall = min(wide, room[0]), min(tall, room[1])
            self.geometry(f"{wide}x{tall}")
        left = over.winfo_rootx() + (over.winfo_width() - wide) // 2
        top = over.winfo_rooty() + (over.winfo_height() - tall) // 3
        left = max(0, min(left, self.winfo_screenwidth() - wide))
        top = max(0, min(top, self.winfo_screenheight() - tall - self.look.px(40)))
        self.geometry(f"+{left}+{top}")
