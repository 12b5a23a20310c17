/// The style sheet. It has no `<` and no `&`, so that the page stays well-formed XML.
///
/// Series colours are the palette of Okabe and Ito, which people with any colour vision tell
/// apart; dashes, widths, hatchings and names say the same without colours.
enum PageStyle {
    static let sheet = HTML(
        literal: """

            :root {
              color-scheme: light dark;
              --paper: #fff; --ink: #1b1f24; --soft: #5c6570; --rule: #d9dee4; --faint: #eef1f4;
              --orange: #e69f00; --sky: #56b4e9; --green: #009e73; --yellow: #f0e442;
              --blue: #0072b2; --vermilion: #d55e00; --purple: #cc79a7; --grey: #9aa3ad;
              --quiet: #cfe8de; --good: #00694d; --bad: #b03a00; --alarm: #fdf0e3;
              --hatch: #0006;
            }
            @media (prefers-color-scheme: dark) {
              :root {
                --paper: #14171b; --ink: #e8ebee; --soft: #a3adb8; --rule: #363d45;
                --faint: #22272d; --blue: #4aa3df; --quiet: #9cc7b6; --good: #4fd1a5;
                --bad: #ff9657; --alarm: #33240f; --hatch: #0008;
              }
            }
            @media print {
              :root {
                color-scheme: light;
                --paper: #fff; --ink: #000; --soft: #333; --rule: #bbb; --faint: #ddd;
                --blue: #0072b2; --good: #000; --bad: #000; --alarm: #fff;
              }
              .key b, .moment { display: none; }
              figure, tr, .warning { break-inside: avoid; }
              h2, h3 { break-after: avoid; }
            }
            * { box-sizing: border-box; }
            body {
              margin: 0; background: var(--paper); color: var(--ink);
              font: 15px/1.45 system-ui, "Segoe UI", "Helvetica Neue", "DejaVu Sans", sans-serif;
            }
            main { max-width: 68rem; margin: 0 auto; padding: 1.5rem 1.25rem 3rem; }
            h1, h2, h3, p, ul, dl, figure { margin: 0; }
            h1 { font-size: 1.7rem; line-height: 1.2; overflow-wrap: anywhere; }
            h2 {
              font-size: 1.2rem; margin-top: 2.25rem; padding-top: .6rem;
              border-top: 1px solid var(--rule); overflow-wrap: anywhere;
            }
            h3 { font-size: .95rem; display: inline; }
            header > p, header > ul, section > p { margin-top: .6rem; overflow-wrap: anywhere; }
            .outcome { font-size: 1.15rem; }
            .outcome strong { text-transform: uppercase; letter-spacing: .03em; }
            .passed strong { color: var(--good); }
            .failed strong, .failures, .bad td { color: var(--bad); }
            .failures { padding-left: 1.3rem; }
            .bad td { font-weight: 600; }
            .description { white-space: pre-line; max-width: 46rem; }
            .when, .remark, .unit, .moment { color: var(--soft); }
            .remark { font-size: .9rem; max-width: 46rem; }
            .warning {
              margin-top: 1rem; padding: .8rem 1rem; background: var(--alarm);
              border: 2px solid var(--bad); border-left-width: .6rem; overflow-wrap: anywhere;
            }
            .warning ul { margin: .3rem 0; padding-left: 1.3rem; }
            .runner > p { color: var(--soft); }
            .table { overflow-x: auto; margin-top: .9rem; }
            .tables { display: flex; flex-wrap: wrap; gap: 0 3rem; align-items: flex-start; }
            .tables .table { max-width: 100%; }
            table {
              width: max-content; border-collapse: collapse; font-variant-numeric: tabular-nums;
            }
            caption { text-align: left; font-weight: 600; padding-bottom: .15rem; }
            th, td {
              padding: .2rem 1.4rem .2rem 0; text-align: left; vertical-align: top;
              border-bottom: 1px solid var(--rule); max-width: 24rem; overflow-wrap: anywhere;
            }
            th { font-weight: 500; color: var(--soft); white-space: nowrap; }
            th:last-child, td:last-child { padding-right: .2rem; }
            .number { text-align: right; white-space: nowrap; }
            dl {
              display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1.4rem;
              margin-top: .7rem;
            }
            dt { color: var(--soft); overflow-wrap: anywhere; }
            dd { margin: 0; overflow-wrap: anywhere; }

            figure { margin-top: 2.4rem; }
            figcaption { display: flex; flex-wrap: wrap; gap: 0 .8rem; align-items: baseline; }
            .unit, .moment { font-size: .85rem; }
            .key {
              display: flex; flex-wrap: wrap; gap: 0 1.1rem; list-style: none; padding: 0;
              margin-left: auto; font-size: .85rem;
            }
            .key b { font-weight: 600; font-variant-numeric: tabular-nums; margin-left: .35em; }
            .live .key b { display: inline-block; min-width: 4.2em; }
            .live .moment { display: inline-block; min-width: 5em; }
            .swatch { width: 28px; height: 12px; margin-right: .4em; vertical-align: -1px; }
            .definitions { position: absolute; width: 0; height: 0; }
            .drawing {
              display: block; overflow: visible; margin: 8px 74px 24px 54px;
              width: calc(100% - 128px); touch-action: pan-y;
            }
            .drawing text { font-size: 12px; fill: var(--soft); dominant-baseline: central; }
            .frame { fill: transparent; }
            .grid line { stroke: var(--rule); stroke-width: 1; shape-rendering: crispEdges; }
            .grid line.minor { stroke: var(--faint); }
            .grid text { font-variant-numeric: tabular-nums; }
            .value { text-anchor: end; }
            .second { text-anchor: middle; }
            .curves { overflow: visible; }
            .curve, .band, .hatch { vector-effect: non-scaling-stroke; }
            .curve {
              fill: none; stroke: var(--ink); stroke-width: 1.6; stroke-linecap: round;
              stroke-linejoin: round;
            }
            .curve.due { stroke: var(--sky); stroke-width: 5; opacity: .55; }
            .curve.sent { stroke: var(--vermilion); stroke-width: 3; stroke-dasharray: 1 6; }
            .curve.answered { stroke: var(--blue); stroke-width: 1.4; }
            .curve.p50 { stroke: var(--blue); stroke-width: 2; }
            .curve.p90 { stroke: var(--green); stroke-dasharray: 8 4; }
            .curve.p99 { stroke: var(--vermilion); stroke-dasharray: 8 3 1 4; }
            .curve.max { stroke: var(--ink); stroke-width: 1.2; stroke-dasharray: 1 4; }
            .band { stroke: var(--soft); stroke-width: .7; }
            .drawing .end text, .drawing .row { fill: var(--ink); }
            .drawing .inside text:not(.row) {
              text-anchor: middle; fill: #000; stroke: #fff; stroke-width: 3px;
              paint-order: stroke; stroke-linejoin: round;
            }
            .drawing .row { stroke: var(--paper); stroke-width: 4px; paint-order: stroke; }
            .mark line { stroke: var(--ink); stroke-dasharray: 5 4; opacity: .75; }
            .drawing .mark text { fill: var(--ink); font-weight: 600; }
            .before { text-anchor: end; }
            .cursor { stroke: var(--ink); stroke-width: 1; visibility: hidden; }
            .reading .cursor { visibility: visible; }
            .cursor, .inside text, .mark { pointer-events: none; }
            .hatch { fill: none; stroke: var(--hatch); stroke-width: 1.2; }
            .hatch-errors { stroke: var(--paper); }
            .hatch-silent { stroke: var(--soft); }
            .ground-accepted { fill: var(--green); } .ground-repeated { fill: var(--sky); }
            .ground-waiting { fill: var(--yellow); } .ground-challenged { fill: var(--blue); }
            .ground-refused { fill: var(--purple); } .ground-suspended { fill: var(--orange); }
            .ground-closed { fill: var(--grey); } .ground-overloaded { fill: var(--vermilion); }
            .ground-other { fill: var(--rule); } .ground-errors { fill: var(--ink); }
            .ground-quiet { fill: var(--quiet); } .ground-silent { fill: var(--paper); }
            @media (max-width: 600px) {
              main { padding: 1rem .8rem 2rem; }
              table { font-size: .88rem; }
              th, td { padding-right: .7rem; }
              .tables { gap: 0 1.5rem; }
              .key { margin-left: 0; }
              .drawing { margin-left: 44px; margin-right: 10px; width: calc(100% - 54px); }
              .drawing text { font-size: 11px; }
              .end, .between, .tight { display: none; }
            }

            """)
}
