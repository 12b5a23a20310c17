extension SignatureMatcher {
    /// - Parameter number: the place of a header in the table of names.
    init(_ ruleset: Ruleset, _ number: (String) -> UInt8) {
        let agent = HeaderName.userAgent.rawValue
        var texts: [(text: [UInt8], target: Target)] = UserAgentMark.allCases.map { mark in
            (
                Array(mark.text.utf8),
                Target(
                    role: .mark, anchors: [], count: UInt8(mark.text.utf8.count), header: agent,
                    rule: mark.rawValue, tool: SignatureHits.noTool)
            )
        }
        for (tell, header, rule, tool) in ruleset.signatures.tells {
            let target = Target(
                role: .tell, anchors: tell.anchors, count: UInt8(tell.text.count),
                header: number(header), rule: UInt8(rule),
                tool: tool.map { UInt16($0) } ?? SignatureHits.noTool)
            texts.append((tell.text, target))
        }
        for (tell, header, rule) in ruleset.signatures.excuses {
            let target = Target(
                role: .excuse, anchors: tell.anchors, count: UInt8(tell.text.count),
                header: number(header), rule: UInt8(rule), tool: SignatureHits.noTool)
            texts.append((tell.text, target))
        }
        self.init(texts)
    }
}
