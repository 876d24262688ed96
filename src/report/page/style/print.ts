/** On paper: no navigation, nothing scrolls, drawings stay whole, colours are kept. */
export const print = `
@page{size:A4;margin:14mm}
@media print{
body{font-size:10pt;background:none;-webkit-print-color-adjust:exact;print-color-adjust:exact}
.contents,.theme,.skip,th button::after{display:none!important}
.page{display:block;padding:0;max-width:none}
.masthead,footer{padding:0;max-width:none;min-height:0}
section{margin-top:20pt;padding-top:10pt}
h2,h3,caption{break-after:avoid}
figure,.tiles li,tr,.reading,.nothing{break-inside:avoid}
.scroll{overflow:visible}
.fixed{width:100%;height:auto}
table{font-size:8pt}
.fleet,.accuracy{font-size:6.4pt;width:100%}
.fleet th,.fleet td,.accuracy th,.accuracy td{padding-right:5px}
.fleet thead th,.accuracy thead th,.fleet small{font-size:6pt}
.fleet td.n{white-space:normal}
thead{display:table-header-group;break-inside:avoid}
.legend{break-after:avoid}
}
`;
