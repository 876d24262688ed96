const light = `
--paper:#fbfaf7;--sheet:#fff;--ink:#1a2126;--quiet:#566068;--rule:#d8d6cf;--faint:#eceae4;
--accent:#0f5d7e;--bar:#3c7f9c;--warn:#a63a12;--lane:#f0eee9;
--series-0:#0b62a4;--series-1:#b84a00;--series-2:#0a7256;--series-3:#8a3b8f;--series-4:#7a6400;--series-5:#b0203a;--series-6:#4b5866;--series-7:#00728a;
--k-syn-ack:#0f5d7e;--k-rst:#c0562a;--k-tcp:#8a6d00;--k-icmp:#7b4a9c;--k-udp:#18764f;--k-partial:#7d868d;--k-unknown:#c4006a;
--right:15 118 110;--wrong:192 86 42;color-scheme:light;`;

const dark = `
--paper:#14181b;--sheet:#1a1f23;--ink:#e6e4de;--quiet:#a3abb1;--rule:#3a4147;--faint:#262c31;
--accent:#7cc4e4;--bar:#5aa3c2;--warn:#ff9f75;--lane:#20262a;
--series-0:#6cb4f5;--series-1:#ff9c5c;--series-2:#4fcba6;--series-3:#d996de;--series-4:#d9c04f;--series-5:#ff8796;--series-6:#b3bec9;--series-7:#52c8dc;
--k-syn-ack:#6bb8da;--k-rst:#f08a5c;--k-tcp:#d7b640;--k-icmp:#c598e6;--k-udp:#55c993;--k-partial:#8d979e;--k-unknown:#ff6fb0;
--right:64 190 176;--wrong:240 138 92;color-scheme:dark;`;

/** Colours, light and dark. All text colours reach a contrast of 4.5 : 1, all marks 3 : 1, on their grounds. */
export const theme = `
:root{${light}
--sans:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","Noto Sans","DejaVu Sans",sans-serif;
--serif:"Iowan Old Style","Palatino Linotype",Palatino,"Source Serif 4",Charter,Georgia,"Noto Serif","DejaVu Serif",serif;
--mono:ui-monospace,"SF Mono","Cascadia Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace}
@media (prefers-color-scheme:dark){:root:not([data-theme=light]){${dark}}}
@media screen{:root[data-theme=dark]{${dark}}}
@media print{:root:not([data-theme=none]){${light}}}
`;
