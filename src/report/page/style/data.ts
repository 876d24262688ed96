import { seriesColours } from '../../svg/mark.js';

const series = Array.from(
  { length: seriesColours },
  (_, index) => `.series-${index}{--s:var(--series-${index})}`,
).join('');

const shades = [1, 2, 3, 4, 5, 6]
  .map(
    (step) =>
      `.right-${step}{background:rgb(var(--right)/${(0.08 * step).toFixed(2)});box-shadow:inset 0 0 0 1.5px rgb(var(--right))}.wrong-${step}{background:rgb(var(--wrong)/${(0.08 * step).toFixed(2)})}`,
  )
  .join('');

/** Tables and drawings. */
export const data = `
figure{margin:1.4em 0;min-width:0}
.figures>figure,.figures>div{margin:.6em 0}
figcaption{margin-top:.6em;font-size:13.5px}
figcaption p{margin-bottom:.4em;max-width:82ch}
svg{display:block;font-family:var(--sans)}
.fluid{width:100%;height:auto}
.fluid[width="470"]{max-width:560px}
.fluid[width="760"]{max-width:860px}
.fixed{max-width:none}
.key{display:inline-block;vertical-align:-3px}
.legend{list-style:none;margin:0 0 1em;padding:0;display:flex;flex-wrap:wrap;gap:5px 22px;font-size:13.5px}
.dash{display:inline-block;width:24px;border-top:2px dashed var(--ink);vertical-align:4px}
.tick,.axis-title,.value,.label,.group,.reference-label{font-size:11.5px;fill:var(--quiet);font-variant-numeric:tabular-nums}
.value,.label{fill:var(--ink)}
.value{font-size:11px}
.value,.reference-label{paint-order:stroke;stroke:var(--paper);stroke-width:4px;stroke-linejoin:round}
.group{font-weight:600;fill:var(--accent)}
.fixed .label{font-family:var(--mono);font-size:10.5px}
.reference-label{fill:var(--ink)}
.end{text-anchor:end}.mid{text-anchor:middle}
.grid{stroke:var(--rule);stroke-width:1}
.axis{stroke:var(--quiet);stroke-width:1}
.bar{fill:var(--bar)}
.break{stroke:var(--quiet);stroke-width:1.2;fill:none}
.reference,.baseline{stroke:var(--ink);stroke-width:1.6;stroke-dasharray:5 4}
${series}
.whisker{stroke:var(--s);stroke-width:1.5;fill:none}
.thin{stroke-width:1;opacity:.75}
.line{stroke:var(--s);stroke-width:1.6;fill:none}.dashed{stroke-dasharray:5 4}.dotted{stroke-dasharray:1.6 3.4}
.solid{fill:var(--s);stroke:var(--s);stroke-width:1.3}
.hollow{fill:var(--paper);stroke:var(--s);stroke-width:1.7}
.dot{fill:var(--s)}
.lane{fill:var(--lane)}
.cell{fill:var(--lane);stroke:var(--rule)}
.k-syn-ack{stroke:var(--k-syn-ack);stroke-width:10}
.k-rst{stroke:var(--k-rst);stroke-width:5}
.k-tcp{stroke:var(--k-tcp);stroke-width:5}
.k-icmp{stroke:var(--k-icmp);stroke-width:4}
.k-udp{stroke:var(--k-udp);stroke-width:3}
.k-partial{stroke:var(--k-partial);stroke-width:1.6}
.k-unknown{stroke:var(--k-unknown);stroke-width:7;stroke-dasharray:1 1}
.scroll{position:relative;overflow-x:auto;max-width:100%;margin:0 0 1em}
table{border-collapse:collapse;font-size:13px;line-height:1.4;font-variant-numeric:tabular-nums;overflow-wrap:normal}
caption{text-align:left;font-size:13px;color:var(--quiet);padding:0 0 6px}
th,td{text-align:left;padding:5px 16px 5px 0;vertical-align:baseline;border-bottom:1px solid var(--faint)}
thead th{font-weight:600;font-size:12px;border-bottom:1px solid var(--quiet);vertical-align:bottom;line-height:1.25}
tbody th{font-weight:600}
tbody tr:hover>*{background:var(--faint)}
.n{text-align:right}
td.n{white-space:nowrap}
th button{font-weight:600;text-align:inherit;text-decoration:underline dotted var(--quiet);text-underline-offset:4px}
th button:hover{color:var(--accent)}
th[aria-sort] button{color:var(--accent)}
th[aria-sort] button::after{content:"";position:absolute;width:0;margin-left:2px;border:4px solid transparent;vertical-align:-1px;border-top-color:currentColor;margin-top:7px}
th[aria-sort=ascending] button::after{border-top-color:transparent;border-bottom-color:currentColor;margin-top:3px}
.fleet,.accuracy{font-size:12px}.accuracy td,.accuracy tbody th{white-space:nowrap}.accuracy .key{width:14px;height:14px}
.fleet th,.fleet td,.accuracy th,.accuracy td{padding-right:9px}.fleet tbody th{min-width:170px;overflow-wrap:anywhere}.fleet td:nth-child(2){min-width:104px}.fleet td:nth-child(5){min-width:96px}
th:last-child,td:last-child{padding-right:2px}
.classes td:last-child{min-width:260px}
.chip{display:inline-block;margin:0 12px 2px 0}
.chip b{font-weight:600;color:var(--accent)}
.share{display:inline-block;min-width:4em}
.meter{display:inline-block;width:90px;height:8px;margin-right:10px;background:var(--faint)}
.meter span{display:block;height:8px;background:var(--bar)}
.patterns th,.patterns td{padding:4px 6px;text-align:center;min-width:38px;white-space:nowrap}
.patterns th:first-child{text-align:left;white-space:nowrap;padding-right:16px}
.patterns td.k{font-family:var(--mono);font-weight:700;border:1px solid var(--rule);min-width:26px}
.kt-S{color:var(--k-syn-ack)}.kt-R{color:var(--warn)}.kt-A{color:var(--k-tcp)}.kt-I{color:var(--k-icmp)}.kt-U{color:var(--k-udp)}.kt-p,.kt-silence{color:var(--quiet)}
.confusion th,.confusion td{padding:3px 7px;border:1px solid var(--faint)}
.confusion td{text-align:center;min-width:30px;font-size:12px}
.confusion thead th{vertical-align:bottom;text-align:left}
.confusion thead th span{writing-mode:vertical-rl;transform:rotate(180deg);white-space:nowrap;max-height:190px}
.confusion tbody th{white-space:nowrap;text-align:right;font-weight:400}
.confusion .corner{color:var(--quiet);font-weight:400;white-space:nowrap}
.confusion .sum{color:var(--quiet);border-left:1px solid var(--quiet)}
${shades}
`;
