"""The look of a page: colours of both themes, and the style sheet.

Texts have a contrast of at least 4.5 to what is behind them, marks one of 3. The colours of series
differ for the colour-blind too, and each series has a dash pattern and a shape besides its colour.
Depends on the standard library only.
"""

from __future__ import annotations

SERIES = 6  # colours of series
PATTERNS = 4  # dashes of lines, and shapes of points
LEVELS = 5  # colours from the worst to the best

LIGHT = {
    "paper": "#ffffff", "text": "#1b1f24", "quiet": "#57606a", "grid": "#e3e7eb",
    "axis": "#6e7781", "tint": "#f4f6f8", "focus": "#2436c3",
    "note": "#0a53b0", "good": "#0f6b3a", "warning": "#8a5300", "error": "#b3261e",
    "s0": "#2436c3", "s1": "#e46808", "s2": "#2ba1a4", "s3": "#9a3568", "s4": "#4c2c11",
    "s5": "#5d71b5",
    "c0": "#a88a3c", "c1": "#7f8064", "c2": "#5f6f80", "c3": "#3c5796", "c4": "#14278a",
}  # fmt: skip
DARK = {
    "paper": "#15181c", "text": "#e8eaed", "quiet": "#a3abb5", "grid": "#2b3138",
    "axis": "#828b96", "tint": "#1e2329", "focus": "#8fb0ff",
    "note": "#8ab8ff", "good": "#6fd39a", "warning": "#f0b45c", "error": "#ff8f86",
    "s0": "#6088ff", "s1": "#f0a34e", "s2": "#51dcd0", "s3": "#b66c9b", "s4": "#f7eaa2",
    "s5": "#7c56c4",
    "c0": "#5d6da0", "c1": "#7f8fa8", "c2": "#a3aa9a", "c3": "#cfc070", "c4": "#ffe76b",
}  # fmt: skip


def series_look(number: int) -> tuple[str, int]:
    """The class of a series' colour, and the number of its dash pattern and shape.

    Each of the first 24 series looks different.

    >>> series_look(0), series_look(7)
    (('s0', 0), ('s1', 0))
    """
    return f"s{number % SERIES}", (number + number // SERIES) % PATTERNS


def style_sheet() -> str:
    """The style sheet of every page.

    >>> "prefers-color-scheme:dark" in style_sheet()
    True
    """
    variables = [
        ";".join(f"--{name}:{colour}" for name, colour in theme.items()) for theme in (LIGHT, DARK)
    ]
    looks = [f".{name}{{color:var(--{name})}}" for name in LIGHT if name[1:].isdigit()]
    margins = [f".m{chars}{{padding-left:{0.6 * chars + 0.8:.2f}em}}" for chars in range(19)]
    return f"""
:root{{color-scheme:light dark;{variables[0]}}}
@media screen and (prefers-color-scheme:dark){{:root{{{variables[1]}}}}}
{RULES.strip()}
{"".join(looks)}
{"".join(margins)}
"""


RULES = """
*{box-sizing:border-box}
body{margin:0 auto;padding:1rem 1rem 3rem;max-width:52rem;background:var(--paper);
color:var(--text);font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",
"DejaVu Sans",sans-serif;overflow-wrap:break-word}
h1{font-size:1.7rem;line-height:1.25;margin:1rem 0}
h2{font-size:1.3rem;line-height:1.3;margin:2.5rem 0 .7rem}
h3{font-size:1.1rem;margin:2rem 0 .5rem}
h4{font-size:1rem;margin:1.5rem 0 .4rem}
p{margin:.7rem 0;white-space:pre-line}
:focus-visible{outline:2px solid var(--focus);outline-offset:2px}
.notice{margin:1rem 0;padding:.6rem .9rem;background:var(--tint);border-left:4px solid;
border-radius:3px}
.notice p{color:var(--text);margin:.2rem 0}
.note{color:var(--note)}.good{color:var(--good)}
.warning{color:var(--warning)}.error{color:var(--error)}
.wide{overflow-x:auto;margin:1rem 0}
pre{margin:0;padding:.7rem .9rem;background:var(--tint);border-radius:3px;
font:.85rem/1.5 ui-monospace,"SFMono-Regular",Consolas,"DejaVu Sans Mono",monospace;
width:max-content;min-width:100%}
ins{color:var(--good);text-decoration:none}del{color:var(--error);text-decoration:none}
table{border-collapse:collapse;font-size:.88rem;font-variant-numeric:tabular-nums;
line-height:1.35}
caption{text-align:left;font-weight:600;padding:.2rem 0 .5rem;width:max-content;
max-width:min(44rem,calc(100vw - 3rem))}
details caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
th,td{padding:.28rem .7rem .28rem 0;text-align:right;vertical-align:top;white-space:nowrap;
border-bottom:1px solid var(--grid)}
td+td,th+td,td+th,th+th{padding-left:.7rem}
thead th{white-space:normal;border-bottom:1px solid var(--axis);vertical-align:bottom;
font-weight:600}
tbody th{font-weight:400}
.t{text-align:left;white-space:normal;max-width:24rem}
.long{overflow-wrap:anywhere;min-width:12rem}
th,td,text,li,bdi{unicode-bidi:isolate}
figure{margin:1.6rem 0;font-size:.8rem;line-height:1.4}
figcaption{font-weight:600;font-size:1rem}
.remark,.legend{color:var(--quiet);margin:.3rem 0;font-size:.8rem}
.legend{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:.1rem 1.1rem}
.legend li{display:flex;gap:.45em;align-items:center;color:var(--text)}
.legend svg{flex:none}.legend span{min-width:0;overflow-wrap:anywhere}
.panels{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(15rem,100%),1fr));
gap:0 1rem}
.frame{padding:1.7em 1.6em 0 1.6em}
.below1{padding-bottom:1.9em}.below2{padding-bottom:3.2em}.below3{padding-bottom:4.5em}
.bars{padding-right:4.6em;padding-top:.5em}
.plot{display:block;width:100%;overflow:visible}
.plot svg{overflow:visible}
.plot text{fill:var(--quiet);stroke:var(--paper);stroke-width:4px;
stroke-linejoin:round;paint-order:stroke;font-variant-numeric:tabular-nums}
.plot .name{fill:var(--text)}
.readout rect{fill:transparent}.readout line,.readout text{visibility:hidden;pointer-events:none}
.readout:hover line,.readout:hover text{visibility:visible}
.middle{text-anchor:middle}.end{text-anchor:end}
.tight{display:none}
@media (max-width:40rem){.roomy{display:none}.tight{display:inline}}
.grid{stroke:var(--grid)}.axis{stroke:var(--axis)}
.interval{stroke:var(--text);stroke-width:2}
.rest{color:var(--axis)}.bar{fill:currentColor}
.line,.point,.hole{fill:none;stroke:currentColor;vector-effect:non-scaling-stroke}
.line{stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
.thin{stroke-width:1}.best{stroke-width:3.5}
.d1{stroke-dasharray:7 5}.d2{stroke-dasharray:1 5}.d3{stroke-dasharray:10 5 1 5}
.round{stroke-linecap:round}.square{stroke-linecap:square}
.point{stroke-width:7}.small{stroke-width:5}.point.square{stroke-width:6}
.hole{stroke:var(--paper);stroke-width:3}
.pictures{list-style:none;padding:0;margin:.5rem 0;display:flex;flex-wrap:wrap;gap:.9rem}
.pictures li{display:flex;flex-direction:column;gap:.25rem;max-width:8rem}
.pictures img{image-rendering:pixelated;border:1px solid var(--axis)}
details{margin:.4rem 0}
summary{cursor:pointer;color:var(--quiet);width:max-content;max-width:100%;min-height:1.5rem}
@media print{body{max-width:none;padding:0}figure,tr,.notice{break-inside:avoid}
h2,h3,h4{break-after:avoid}pre{white-space:pre-wrap;width:auto}.wide{overflow:visible}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
"""
