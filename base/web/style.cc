#include "base/web/style.h"

namespace picket::web {
namespace {

// Every pair of text and background has a contrast of 4.5 at least (WCAG 2.2, 1.4.3).
constexpr std::string_view kStyle = R"(
:root{color-scheme:light dark;--ink:#1d2733;--soft:#52616d;--line:#d3dbe3;--edge:#76838f;--back:#f4f6f8;--card:#fff;--act:#0b5cad;--on-act:#fff;
--good:#0b6234;--good-back:#e2f4e9;--warning:#744600;--warning-back:#fdf0d5;--bad:#a3200d;--bad-back:#fde7e3;--info:#0b5cad;--info-back:#e5f0fb;--neutral:#4c5a66;--neutral-back:#e9edf1}
@media(prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#a3b1be;--line:#2d3742;--edge:#75838f;--back:#0f151b;--card:#171f27;--act:#7dbaff;--on-act:#0f151b;
--good:#7fd6a2;--good-back:#12301f;--warning:#f2c46d;--warning-back:#33270d;--bad:#ff9f8f;--bad-back:#3d1913;--info:#7dbaff;--info-back:#10263d;--neutral:#aebbc7;--neutral-back:#242e38}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
header,main,footer{margin:0 auto;padding:0 1.25rem;max-width:48rem}
.wide header,.wide main,.wide footer{max-width:88rem}
.narrow header,.narrow main,.narrow footer{max-width:28rem}
header{display:flex;flex-wrap:wrap;align-items:baseline;gap:.25rem 1.5rem;padding-top:1rem;padding-bottom:1rem}
header nav{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem}
header nav a,footer{font-size:.9rem}
.brand{color:var(--soft);text-decoration:none;overflow-wrap:anywhere}
.brand b{color:var(--ink);font-weight:650}
main{padding-top:1rem;padding-bottom:2rem}
.narrow main{padding:2rem;background:var(--card);border:1px solid var(--line);border-radius:.75rem}
footer{padding-top:1rem;padding-bottom:2rem;color:var(--soft);overflow-wrap:anywhere}
.skip{position:absolute;left:-99rem;background:var(--card);padding:.5rem 1rem}
.skip:focus{left:1rem;top:1rem}
h1{margin:0 0 1rem;font-size:1.6rem;line-height:1.25;font-weight:650;overflow-wrap:anywhere}
h3{margin:1.5rem 0 .5rem;font-size:1rem;font-weight:650;overflow-wrap:anywhere}
h2{margin:2.5rem 0 .75rem;font-size:1.15rem;font-weight:650;overflow-wrap:anywhere}
p,li,dd{overflow-wrap:break-word}
a{color:var(--act)}
a,button,summary{touch-action:manipulation}
input:focus-visible,select:focus-visible,button:focus-visible,a:focus-visible,.scroll:focus-visible,pre:focus-visible,summary:focus-visible{outline:3px solid var(--act);outline-offset:2px}
.muted,.hint{color:var(--soft);font-size:.875rem}
.hint{margin:.25rem 0 0}
[role=alert],[role=status]{padding:.6rem .9rem;border-left:4px solid;border-radius:.25rem}
[role=alert]{color:var(--bad);background:var(--bad-back)}
[role=status]{color:var(--good);background:var(--good-back)}
code,pre,.codes{font-family:ui-monospace,monospace;font-size:.9em}
code{overflow-wrap:anywhere}
pre{overflow-x:auto;padding:.9rem 1rem;background:var(--card);border:1px solid var(--line);border-radius:.5rem}
pre code{overflow-wrap:normal;font-size:1em}
.codes{columns:14rem 2;padding-left:1.25rem;white-space:nowrap}
.qr{background:#fff;padding:.5rem;border-radius:.5rem;width:14rem;margin:1rem auto}
.qr svg{display:block;width:100%;height:auto}
.badge{display:inline-flex;align-items:center;gap:.4em;padding:.05rem .6rem;border-radius:1rem;font-size:.875rem;font-weight:600;white-space:nowrap}
.badge::before{content:"";flex:none;width:.6em;height:.6em;background:currentColor}
.badge.good::before{border-radius:50%}
.badge.warning::before{width:.75em;height:.7em;clip-path:polygon(50% 0,100% 100%,0 100%)}
.badge.info::before{clip-path:polygon(50% 0,100% 50%,50% 100%,0 50%)}
.badge.neutral::before{background:none;border:2px solid;border-radius:50%}
.good{--tone:var(--good);--tone-back:var(--good-back)}
.warning{--tone:var(--warning);--tone-back:var(--warning-back)}
.bad{--tone:var(--bad);--tone-back:var(--bad-back)}
.info{--tone:var(--info);--tone-back:var(--info-back)}
.neutral{--tone:var(--neutral);--tone-back:var(--neutral-back)}
.badge{color:var(--tone);background:var(--tone-back)}
.counts{display:flex;flex-wrap:wrap;gap:.5rem;list-style:none;margin:1rem 0;padding:0}
.counts li{flex:1 1 7.5rem;min-width:0;background:var(--card);border:1px solid var(--line);border-left:4px solid var(--tone);border-radius:.5rem;color:var(--soft);overflow-wrap:anywhere}
.counts li>a,.counts li:not(:has(a)){padding:.5rem .75rem}
.counts a{display:block;color:inherit;text-decoration:none}
.counts a:hover span{text-decoration:underline}
.counts a[aria-current]{box-shadow:inset 0 0 0 2px var(--act);border-radius:0 .4rem .4rem 0}
.counts b{display:block;font-size:1.5rem;line-height:1.2;font-weight:650;color:var(--ink);font-variant-numeric:tabular-nums}
.counts .bad b,.counts .warning b{color:var(--tone)}
dl{margin:1rem 0;background:var(--card);border:1px solid var(--line);border-radius:.5rem}
dl div{display:flex;flex-wrap:wrap;gap:.1rem 1.5rem;padding:.6rem 1rem;border-top:1px solid var(--line)}
dl div:first-child{border-top:0}
dt{flex:0 0 17rem;max-width:100%;font-weight:600;overflow-wrap:anywhere}
dd{flex:1 1 16rem;margin:0;min-width:0;color:var(--soft)}
details{margin:1rem 0}
summary{min-height:1.5rem;color:var(--act);cursor:pointer}
.scroll{overflow-x:auto;margin:1rem 0;background:var(--card);border:1px solid var(--line);border-radius:.5rem}
table{width:100%;border-collapse:collapse;font-size:.9rem}
th,td{text-align:left;padding:.6rem .75rem;border-top:1px solid var(--line);vertical-align:top}
thead th,thead td{color:var(--soft);font-weight:600;border-top:0;white-space:nowrap;vertical-align:bottom}
td.name>span{display:inline-block;width:max-content;max-width:28ch;overflow-wrap:break-word}
td.name:first-child>span{font-weight:600}
td.mark small{white-space:nowrap}
td small{display:block;font-weight:400}
td.text{min-width:10rem;overflow-wrap:anywhere}
th.number,td.number{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
small{font-size:.8125rem;color:var(--soft)}
time{white-space:nowrap}
label{display:block;margin:0 0 .25rem;font-weight:600}
label.check{font-weight:400;display:flex;gap:.5rem;align-items:center;margin:1rem 0}
.field{margin:1rem 0}
input:not([type=checkbox]),select{width:100%;min-height:2.75rem;padding:.5rem .7rem;font:inherit;color:inherit;background:var(--card);border:1px solid var(--edge);border-radius:.4rem}
button{min-height:2.75rem;padding:.5rem 1.25rem;font:inherit;font-weight:600;color:var(--on-act);background:var(--act);border:1px solid var(--act);border-radius:.4rem;cursor:pointer}
.narrow button:not(.quiet){width:100%;margin-top:.5rem}
button.quiet{min-height:2rem;padding:.2rem .75rem;color:var(--act);background:none}
.filter{display:flex;flex-wrap:wrap;gap:.75rem;align-items:end;margin:1rem 0}
.filter .field{flex:0 1 16rem;margin:0}
.inline{display:flex;flex-wrap:wrap;gap:.5rem 1.5rem;align-items:baseline;list-style:none;margin:1rem 0;padding:0}
.inline li{min-width:0;max-width:100%}
.chart{display:inline-block;vertical-align:middle}
.chart rect{fill:var(--tone)}
.chart rect.unknown{fill:var(--line)}
.chart .line{fill:none;stroke:var(--act);stroke-width:1.5;stroke-linejoin:round}
@media(max-width:48rem){
.scroll{background:none;border:0;overflow-x:visible}
table,tbody,tr,td,td.name>span{display:block;width:auto;min-width:0;max-width:100%}
thead{position:absolute;left:-99rem}
tr{margin:0 0 .75rem;padding:.5rem .9rem;background:var(--card);border:1px solid var(--line);border-radius:.5rem}
td,th.number,td.number{min-height:2rem;padding:.2rem 0;border:0;text-align:left;white-space:normal;overflow-wrap:break-word}
td[data-label]{display:flow-root;padding-left:8rem}
td[data-label]::before{content:attr(data-label);float:left;width:7.5rem;margin-left:-8rem;color:var(--soft);overflow-wrap:anywhere}
td.name:first-child{padding-left:0;font-size:1rem}
td.name:first-child::before{content:none}
td:empty{display:none}
.filter .field{flex:1 1 9rem}
.filter button{flex:1 1 100%}
.narrow main{padding:1.5rem 1.25rem;border-width:1px 0;border-radius:0}
}
@media print{
:root{--back:#fff;--card:#fff;font-size:8pt}
body{font-size:1rem}
th,td{padding:.4rem .5rem}
td.text{min-width:9rem}
header nav,.filter,.skip,button,form{display:none}
.scroll{overflow:visible}
tr,dl div,.counts li{break-inside:avoid}
.badge{border:1px solid}
a{color:inherit}
}
)";

}  // namespace

std::string_view style_sheet() {
  return kStyle;
}

}  // namespace picket::web
