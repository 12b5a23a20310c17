extension Ruleset {
    /// Every tool that a rule can name, with that rule, each pair once: places among ``rules`` and
    /// ``tools``.
    package var namedTools: [(rule: Int, tool: Int)] {
        var seen: Set<Int> = []
        var pairs: [(rule: Int, tool: Int)] = []
        func add(_ rule: Int, _ tool: Int?) {
            guard let tool, seen.insert(rule * RulesetLimits.tools + tool).inserted else { return }
            pairs.append((rule, tool))
        }
        for (_, _, rule, tool) in signatures.tells { add(rule, tool) }
        for (_, rule, tool) in signatures.presences { add(rule, tool) }
        return pairs
    }
}
