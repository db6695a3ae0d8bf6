"""The look of a written report: that of the shop's page, by day and by night, with nothing to load."""

STYLE = """
:root{--ground:#faf8f4;--raised:#fff;--ink:#1d1a16;--soft:#635c52;--line:#e0d9cd;--edge:#8a8174;--accent:#9c3a1f}
@media(prefers-color-scheme:dark){:root{--ground:#161412;--raised:#201d1a;--ink:#f1ece4;--soft:#b3aa9d;
--line:#37322c;--edge:#81786c;--accent:#ee9275}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{max-width:1184px;margin:0 auto;padding:32px 16px 64px}
h1{font-size:28px;line-height:1.2;margin:0 0 8px;font-weight:600}
h2{font-size:20px;line-height:1.3;margin:0 0 8px;font-weight:600}
p{margin:0 0 8px}.lead{color:var(--soft)}
.warning{border-left:3px solid var(--accent);padding:4px 0 4px 12px;margin:8px 0;max-width:72ch}
section{margin-top:40px}
.plots{display:grid;gap:16px;grid-template-columns:repeat(auto-fill,minmax(min(100%,352px),1fr));align-items:start}
figure{margin:0;padding:16px;background:var(--raised);border:1px solid var(--line);border-radius:12px}
figcaption h2{font-size:16px;margin:0}figcaption p,.note{color:var(--soft);font-size:14px}
.note{max-width:88ch;margin-top:8px}
svg{display:block;width:100%;max-width:440px;height:auto}
svg text{font:12px system-ui,sans-serif;fill:var(--ink)}
svg text.tick,svg text.number{fill:var(--soft);font-variant-numeric:tabular-nums}
.grid{stroke:var(--line);fill:none}.line{fill:none;stroke:var(--accent);stroke-width:2}
circle{fill:var(--ink)}circle.own{fill:var(--accent)}circle.plain{fill:var(--edge)}
.bar{stroke:var(--ink);stroke-width:2;opacity:.45}.bar.own{stroke:var(--accent)}.bar.plain{stroke:var(--edge)}
.scroll{overflow-x:auto;background:var(--raised);border:1px solid var(--line);border-radius:12px}
table{border-collapse:collapse;width:100%;font-size:14px;font-variant-numeric:tabular-nums}
th,td{padding:8px 16px;text-align:right;white-space:nowrap;font-weight:400}
thead th{color:var(--soft);border-bottom:1px solid var(--line)}
tr>th:first-child{text-align:left;position:sticky;left:0;background:var(--raised)}
tbody tr+tr>*{border-top:1px solid var(--line)}
tr.own th{color:var(--accent);font-weight:600}tr.plain th{color:var(--soft)}
small{display:block;color:var(--soft);font-size:12px}
ul{padding-left:20px;margin:0;font-size:14px;color:var(--soft);columns:3 280px}
"""
