"""How an explained file looks on a screen, wide or narrow, in light or dark, and on paper.

The text needs no escaping in HTML: no quotes, no comparison signs, no ampersand.
"""

from __future__ import annotations

from typing import Final

_SHEET = """
:root {
  color-scheme: light dark;
  --ink: #1a1f24; --paper: #ffffff; --quiet: #55606a; --line: #d5dadd; --surface: #f4f6f5; --accent: #0a5c4a;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --ink: #e8ecee; --paper: #14191d; --quiet: #a9b4bc; --line: #394249; --surface: #1d2429; --accent: #6fd0b8;
  }
}
*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0 auto; padding: 2rem 1.5rem 3rem; max-width: 72rem;
  background: var(--paper); color: var(--ink);
  font-family: -apple-system, Segoe UI, Roboto, Noto Sans, Liberation Sans, system-ui, sans-serif;
  font-size: 1.0625rem; line-height: 1.5; font-variant-numeric: tabular-nums; overflow-wrap: break-word;
}
h1, h2, h3 { margin: 0 0 .75rem; line-height: 1.25; overflow-wrap: anywhere; }
h1 { font-size: 2.25rem; }
h2 { font-size: 1.75rem; }
h3 { font-size: 1.375rem; }
section { margin-top: 3rem; padding-top: 2rem; border-top: 2px solid var(--accent); }
article { margin-top: 2.5rem; padding-top: 1.5rem; border-top: 1px solid var(--line); }
p { margin: 0 0 1rem; max-width: 42rem; }
.out { font-size: 1.1875rem; font-weight: 700; }
dl { margin: 0 0 1.5rem; }
dl div { display: grid; grid-template-columns: 15rem minmax(0, 1fr); gap: 0 1.5rem; padding: .25rem 0; }
dt { color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; }
table { border-collapse: collapse; margin: 0 0 1.5rem; }
caption { padding: 0 0 .5rem; text-align: left; font-weight: 700; }
th, td { padding: .375rem 1rem .375rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; font-weight: 400; }
th:last-child, td:last-child { padding-right: 0; }
thead th { color: var(--quiet); font-size: .9375rem; border-bottom-color: var(--quiet); vertical-align: bottom; }
tfoot th, tfoot td { border-top: 1px solid var(--ink); border-bottom: 3px double var(--ink); font-weight: 700; }
.number { text-align: right; }
td.number, tbody th, tfoot th { white-space: nowrap; }
.again { max-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.lead { margin-bottom: .5rem; font-weight: 700; }
.segments { margin: 0 0 1.5rem; padding: .75rem 1rem; background: var(--surface); list-style: none; }
.segments li { padding: .25rem 0; }
code { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, Liberation Mono, monospace; font-size: .9375rem; overflow-wrap: anywhere; white-space: pre-wrap; }
footer { margin-top: 3rem; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--quiet); font-size: .9375rem; }

@media screen and (max-width: 63.99rem) {
  table { font-size: .9375rem; }
  th, td { padding-right: .625rem; }
}
@media screen and (max-width: 51.99rem) {
  body { padding: 1.5rem 1rem 2rem; }
  h1 { font-size: 1.75rem; }
  h2 { font-size: 1.5rem; }
  h3 { font-size: 1.25rem; }
  dl div { display: block; padding: .375rem 0; }
  table { font-size: inherit; }
  .stack, .stack caption, .stack tbody, .stack tfoot, .stack tr, .stack th, .stack td { display: block; width: 100%; }
  .stack thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .stack tr { padding: .75rem 0; border-bottom: 1px solid var(--line); }
  .stack tfoot tr { border-top: 1px solid var(--ink); border-bottom: 3px double var(--ink); }
  .stack tbody th, .stack tbody td, .stack tfoot th, .stack tfoot td {
    display: flow-root; padding: .125rem 0 .125rem 8.5rem; max-width: none; border: 0; text-align: left; white-space: normal;
  }
  .stack [data-label]::before { content: attr(data-label); float: left; width: 8rem; margin-left: -8.5rem; color: var(--quiet); font-weight: 400; }
  .stack tfoot th { padding-left: 0; }
  .stack tfoot th::before { display: none; }
  .stack td:empty { display: none; }
}

@media print {
  @page { margin: 15mm 16mm; }
  :root { color-scheme: light; --ink: #000; --paper: #fff; --quiet: #333; --line: #999; --surface: #fff; --accent: #000; }
  body { margin: 0; padding: 0; max-width: none; font-size: 10pt; line-height: 1.35; }
  h1 { font-size: 18pt; }
  h2 { font-size: 14pt; }
  h3 { font-size: 11pt; margin-bottom: 1.5mm; }
  .out { font-size: 11pt; }
  table, code { font-size: 9pt; }
  thead th, article dl, footer { font-size: 8.5pt; }
  section { margin-top: 8mm; padding-top: 5mm; }
  article { margin-top: 4mm; padding-top: 3mm; }
  p, dl, table, .segments { margin-bottom: 3mm; }
  caption { padding-bottom: .5mm; }
  dl div { grid-template-columns: 45mm minmax(0, 1fr); gap: 0 4mm; padding: .3mm 0; }
  article dl { columns: 2; column-gap: 6mm; }
  article dl div { grid-template-columns: 28mm minmax(0, 1fr); gap: 0 2mm; padding: 0; }
  th, td { padding-top: .5mm; padding-bottom: .5mm; }
  .segments { padding: 2mm 0; }
  p, table { max-width: none; }
  article, tr, dl div, .segments li { break-inside: avoid; }
  h1, h2, h3, caption, .lead { break-after: avoid; }
  thead { display: table-header-group; }
  tfoot { display: table-row-group; }
}
"""

STYLE: Final = " ".join(_SHEET.split())
"""The style sheet on one line, as it stands in the page."""
