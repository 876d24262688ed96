/** Page, type and text blocks. */
export const layout = `
*{box-sizing:border-box}
html{scroll-behavior:smooth;-webkit-text-size-adjust:100%}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.55 var(--sans);overflow-wrap:anywhere}
.skip{position:absolute;left:-99em;padding:.5em 1em;background:var(--sheet);color:var(--accent)}
.skip:focus{left:0;top:0;z-index:2}
.sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.masthead{display:flex;justify-content:space-between;align-items:center;gap:1em;max-width:1260px;margin:0 auto;padding:14px 24px;min-height:58px}
.kind{margin:0;color:var(--quiet);font-size:12px;letter-spacing:.14em;text-transform:uppercase}
button{font:inherit;color:inherit;background:none;border:0;padding:0;cursor:pointer}
.theme{font-size:12.5px;color:var(--quiet);border:1px solid var(--rule);border-radius:99px;padding:4px 12px}
.theme:hover{color:var(--ink);border-color:var(--quiet)}
.page{max-width:1260px;margin:0 auto;padding:0 24px;display:grid;grid-template-columns:152px minmax(0,1fr);gap:32px}
main{min-width:0}
.contents{position:sticky;top:18px;align-self:start;font-size:13px;padding-top:14px}
.contents ol{margin:0;padding:0;list-style:none;counter-reset:c;border-left:1px solid var(--rule)}
.contents li{counter-increment:c}
.contents a{display:flex;gap:.7em;padding:4px 0 4px 14px;color:var(--quiet);text-decoration:none;line-height:1.35}
.contents a::before{content:counter(c);flex:none;min-width:1.2em;font-variant-numeric:tabular-nums}
.contents a:hover{color:var(--accent)}
h1,h2,h3{font-family:var(--serif);font-weight:600;line-height:1.2;text-wrap:balance}
h1{font-size:38px;letter-spacing:-.01em;margin:0 0 .25em}
h2{font-size:25px;margin:0 0 .7em}
h3{font-size:17px;margin:1.7em 0 .5em}
h4{font-size:12.5px;margin:0 0 .5em;color:var(--quiet);font-weight:600}
section{margin-top:52px;padding-top:26px;border-top:1px solid var(--rule);counter-increment:s}
main{counter-reset:s}
h2::before{content:counter(s);color:var(--quiet);font-weight:400;margin-right:.6em}
p{margin:0 0 .9em;max-width:74ch}
.lede{font-family:var(--serif);font-size:17.5px;color:var(--quiet);margin-bottom:1.5em}
.quiet,.note{color:var(--quiet)}
small{display:block;font-size:11.5px;color:var(--quiet);font-weight:400;line-height:1.35}
code,pre{font-family:var(--mono);font-size:.88em}
pre{margin:.4em 0;padding:12px 14px;background:var(--faint);border-radius:4px;white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.45}
.command{border-left:3px solid var(--accent)}
h3:first-child{margin-top:0}
.pair{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:28px 36px}
.pair>div>h3{margin-top:1.2em}
.tiles{list-style:none;margin:0;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(208px,1fr));gap:26px 28px}
.tiles li{border-top:2px solid var(--ink);padding-top:9px}
.tiles .figure{display:block;font:600 29px/1.15 var(--serif);font-variant-numeric:lining-nums tabular-nums;white-space:nowrap}
.tiles .what{display:block;font-size:14px;margin:.15em 0 .35em}
.tiles .note{display:block;font-size:12.5px;line-height:1.4}
.terms{margin:0;font-size:14px}
.terms div{display:grid;grid-template-columns:104px minmax(0,1fr);gap:12px;padding:6px 0;border-top:1px solid var(--faint)}
.terms div:first-child{border-top:0}
.terms dt{color:var(--quiet)}
.terms dd{margin:0}
.path{list-style:none;margin:0;padding:0;font-size:13.5px}
.path li{position:relative;padding:5px 0 5px 22px}
.path li::before{content:"";position:absolute;left:4px;top:0;bottom:0;border-left:1px solid var(--quiet)}
.path li::after{content:"";position:absolute;left:0;top:11px;width:9px;height:9px;border:1px solid var(--quiet);background:var(--paper)}
.path .end{font-weight:600}
.path .end::after{background:var(--ink);border-color:var(--ink);border-radius:50%}
.path li:first-child::before{top:14px}
.path li:last-child::before{bottom:auto;height:14px}
.path .unchanged{color:var(--quiet)}
.path .unchanged::after{display:none}
.pair+p{margin-top:1.2em}
.nothing{padding:12px 16px;border-left:3px solid var(--rule);color:var(--quiet);background:var(--faint)}
.reading{font-size:13.5px;color:var(--quiet);max-width:82ch}
.reading strong{color:var(--ink);font-weight:600}
details{border-top:1px solid var(--faint);font-size:14px}
details:last-of-type{border-bottom:1px solid var(--faint)}
summary{padding:8px 0;cursor:pointer}
summary:hover{color:var(--accent)}
.more{padding:2px 0 14px}
.failures{padding:0;list-style:none;margin:0}
.failures>li{padding:10px 0 4px;border-top:1px solid var(--rule)}
.failures details,.failures details:last-of-type{border:0}
.failed{color:var(--warn);font-size:11.5px;font-weight:600;border:1px solid;border-radius:3px;padding:0 4px}
footer{max-width:1260px;margin:64px auto 0;padding:18px 24px 36px;border-top:1px solid var(--rule);font-size:13px;color:var(--quiet)}
footer p{margin:0}
@media (max-width:1000px){
.page{display:block}
.contents{position:static;padding:0 0 22px}
.contents ol{border:0;display:flex;flex-wrap:wrap;gap:2px 18px}
.contents a{padding:3px 0}
}
@media (max-width:720px){
.masthead,.page,footer{padding-left:18px;padding-right:18px}
h1{font-size:29px}h2{font-size:22px}.lede{font-size:16px}
.pair{grid-template-columns:minmax(0,1fr)}
.tiles{grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:22px 18px}
.tiles .figure{font-size:24px}
section{margin-top:36px}
}
`;
