"""Tables as LaTeX (booktabs): every foreign character stands for itself."""

from affekt.foreign import clean
from affekt.report.exhibits import Table

SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    '"': r"\textquotedbl{}",
    "'": r"\textquotesingle{}",
    "`": r"\textasciigrave{}",
    "[": "{[}",  # a bracket that follows \\ would be read as its argument
    "]": "{]}",
    "|": r"\textbar{}",
    "–": "--",
    "…": r"\dots{}",
    "×": r"$\times$",
    "≥": r"$\geq$",
    "−": r"$-$",
    "→": r"$\rightarrow$",
    "α": r"$\alpha$",
    "ε": r"$\varepsilon$",
    "\ufffd": "?",
}


def escaped(text: str) -> str:
    r"""Give text in which LaTeX finds no command.

    >>> print(escaped("50 % of $_x"))
    50 \% of \$\_x
    """
    return "".join(SPECIAL.get(letter, letter) for letter in text)


def table(given: Table) -> str:
    """Give a ``table`` environment; its first line names the packages it needs."""
    heads = " & ".join(escaped(clean(column.head)) for column in given.heads)
    align = "".join("l" if column.kind == "text" else "r" for column in given.heads)
    lines = [
        r"% needs \usepackage[T1]{fontenc}, textcomp and booktabs; other scripts need LuaLaTeX",
        r"\begin{table}",
        r"\centering",
        rf"\caption{{{escaped(given.title)}}}",
        rf"\label{{tab:{given.name}}}",
        rf"\begin{{tabular}}{{{align}}}",
        r"\toprule",
        rf"{heads} \\",
        r"\midrule",
    ]
    for at, cells in enumerate(given.cells()):
        if given.manner(at).endswith("first"):
            lines.append(r"\midrule")
        lines.append(" & ".join(escaped(cell) for cell in cells) + r" \\")
    told = [note for note in (given.left_out, *given.notes) if note]
    notes = [rf"\par\footnotesize {escaped(note)}" for note in told]
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}", *notes, r"\end{table}", ""])
