/// How the status page looks, by day and at night.
enum StatusStyle {
    /// The page's policy names this hash of ``text``, and permits nothing else (CSP 3, 8.2).
    static let policy: StaticString = """
        default-src 'none'; style-src 'sha256-RPxpnLCW7N/8419sI/oQU6XezXsprLpX9oFXPHbLhDM='; \
        base-uri 'none'; form-action 'none'; frame-ancestors 'none'
        """

    /// What an answer with the page says to browsers: it runs nothing, fetches nothing, and stands
    /// in nobody's frame.
    static let browserFields: [(StaticString, StaticString)] = [
        ("Content-Security-Policy", policy),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("X-Frame-Options", "DENY"), ("Referrer-Policy", "no-referrer"),
    ]

    static let text = """
        :root { color-scheme: light dark; --text: #1f2328; --back: #fff; --line: #d1d9e0;
        --quiet: #59636e; --link: #0550ae; --up: #1a7f37; --down: #cf222e; --kept: #0969da;
        --unknown: #818b98; font: 1rem/1.5 system-ui, sans-serif; }
        @media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --back: #0d1117;
        --line: #3d444d; --quiet: #9198a1; --link: #79b8ff; --up: #3fb950; --down: #ff7b72;
        --kept: #58a6ff; --unknown: #7d8590; } }
        body { margin: 0; color: var(--text); background: var(--back); }
        main { max-width: 52rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }
        h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
        a { color: var(--link); } p { margin: .5rem 0; } small { color: var(--quiet); }
        .head { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: baseline;
        justify-content: space-between; }
        .state { border-left: .4rem solid var(--unknown); padding: .5rem .75rem;
        font-weight: 600; }
        .state.accessible { border-color: var(--up); }
        .state.not_accessible { border-color: var(--down); }
        .state.maintenance, .state.incident { border-color: var(--kept); }
        svg { display: block; width: 100%; height: 4rem; }
        .up { fill: var(--up); } .down { fill: var(--down); } .kept { fill: var(--kept); }
        .unknown { fill: var(--unknown); } .none { fill: var(--line); }
        .key { display: flex; flex-wrap: wrap; gap: .25rem 1rem; padding: 0; list-style: none; }
        .key svg { display: inline-block; width: .8rem; height: .8rem; }
        ul { padding-left: 1.25rem; margin: .5rem 0; } li { margin: .5rem 0; }
        summary { cursor: pointer; } table { border-collapse: collapse; width: 100%; }
        .wide { overflow-x: auto; overflow-wrap: normal; }
        td { white-space: nowrap; }
        th, td { text-align: right; padding: .25rem .4rem; border-top: 1px solid var(--line);
        font-variant-numeric: tabular-nums; }
        th { font-weight: 600; vertical-align: bottom; }
        th:first-child, td:first-child { text-align: left; }

        """
}
