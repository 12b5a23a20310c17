package import Bytes
internal import Cryptography

/// Judges requests by the bytes of their heads: names of tools, and whether the headers fit the
/// browser that they claim to be from (layers 1 and 2 of the robots' rules).
///
/// Pure: the same head, transport and ruleset give the same verdict. Judging allocates nothing and
/// takes time that is linear in the `User-Agent` and in the number of header fields, whatever the
/// number of tells. Each thread has a detector of its own, so that nothing of it is shared.
package struct RobotDetector: ~Copyable, Sendable {
    /// A rule of the signature layer that one bit asks for.
    private struct HeaderRule: Sendable, BitwiseCopyable {
        let rule: UInt8
        let tool: UInt16
    }

    private struct ShapeRule: Sendable, BitwiseCopyable {
        let shape: ValueShape
        let rule: UInt8
    }

    private struct CheckRule: Sendable, BitwiseCopyable {
        let check: ConsistencyCheck
        let rule: UInt16
        let weight: Int32
        let needs: RobotTransport
    }

    /// A rule of the signature layer, by its place.
    private struct Weight: Sendable, BitwiseCopyable {
        let weight: Int32
        let needs: RobotTransport
    }

    private let inPlace = InPlace()
    private let names: HeaderNameTable
    private let matcher: SignatureMatcher
    private let weights: [Weight]
    /// Headers whose values hold tells, a bit for each.
    private let scanned: UInt64
    /// Headers whose values any rule reads, or the head's hash.
    private let read: UInt64
    /// Headers that give a robot away by being there, or by being missing.
    private let presences: UInt64
    private let absences: UInt64
    private let presenceRules: [HeaderRule]
    private let absenceRules: [HeaderRule]
    private let shapes: [ShapeRule]
    private let checks: [CheckRule]
    private let chromiumOrder: [HeaderRank]
    private let firefoxOrder: [HeaderRank]
    private let safariOrder: [HeaderRank]
    /// Of handshakes that tools make, in ascending order.
    private let toolHandshakes: [UInt64]
    private let lower: Int32
    private let upper: Int32
    private let consistencyLimit: Int32
    private let rulesetVersion: UInt32
    private let rulesetDigest: UInt64

    /// Compiles a ruleset; takes milliseconds, and a few hundred kilobytes.
    package init(_ ruleset: Ruleset) {
        let headers = ruleset.headerNames
        func number(_ name: String) -> UInt8 {
            guard let number = headers.firstIndex(of: name) else {
                preconditionFailure("a ruleset's headers are all in its list")
            }
            return UInt8(number)
        }
        names = HeaderNameTable(headers, spellings: ruleset.spellings)
        matcher = SignatureMatcher(ruleset, number)
        weights = ruleset.rules.prefix(ruleset.signatureCount).map {
            Weight(weight: $0.weight, needs: $0.needs)
        }
        func bits(_ names: [String]) -> UInt64 {
            var bits: UInt64 = 0
            for name in names { bits |= 1 << UInt64(number(name)) }
            return bits
        }
        let signatures = ruleset.signatures
        scanned = bits(signatures.tells.map(\.header)) | HeaderName.userAgent.bit
        read = scanned | HeadHash.ofBrowser | RequestView.read
        presences = bits(signatures.presences.map(\.header))
        absences = bits(signatures.absences.map(\.header))
        let none = HeaderRule(rule: 0, tool: SignatureHits.noTool)
        var present = [HeaderRule](repeating: none, count: RulesetLimits.headers)
        for (header, rule, tool) in signatures.presences {
            present[Int(number(header))] = HeaderRule(
                rule: UInt8(rule), tool: tool.map { UInt16($0) } ?? SignatureHits.noTool)
        }
        presenceRules = present
        var absent = [HeaderRule](repeating: none, count: RulesetLimits.headers)
        for (header, rule) in signatures.absences {
            absent[Int(number(header))] = HeaderRule(
                rule: UInt8(rule), tool: SignatureHits.noTool)
        }
        absenceRules = absent
        shapes = signatures.shapes.map { ShapeRule(shape: $0.shape, rule: UInt8($0.rule)) }
        checks = ruleset.checks.enumerated().map { index, check in
            let place = ruleset.signatureCount + index
            let rule = ruleset.rules[place]
            return CheckRule(
                check: check, rule: UInt16(place), weight: rule.weight, needs: rule.needs)
        }
        func order(_ engine: BrowserClaim.Engine) -> [HeaderRank] {
            let groups = ruleset.orders.first { $0.engine == engine }?.groups ?? []
            return groups.enumerated().flatMap { group, names in
                names.map { HeaderRank(number: number($0), group: UInt8(group)) }
            }
        }
        chromiumOrder = order(.chromium)
        firefoxOrder = order(.firefox)
        safariOrder = order(.safari)
        toolHandshakes = ruleset.handshakes.map { HandshakeMark.of($0.ja4) }.sorted()
        lower = ruleset.lower
        upper = ruleset.upper
        consistencyLimit = ruleset.consistencyLimit
        rulesetVersion = ruleset.version
        rulesetDigest = ruleset.digest.leadingWord
    }

    /// Judges one request.
    ///
    /// - Parameters:
    ///   - head: the bytes that the fields lie in.
    ///   - fields: the header fields in the order sent; the first 255 are looked at.
    ///   - traits: what the request is beside them.
    ///   - transport: how it came.
    ///   - clientHello: ``HandshakeMark`` of the connection; 0 for none.
    ///   - layers: which layers to ask.
    /// - Precondition: the fields lie within the head.
    package func judge(
        _ head: RawSpan, _ fields: Span<HeaderRange>, _ traits: RequestTraits,
        over transport: RobotTransport, clientHello: UInt64 = 0, layers: RobotLayers = .all
    ) -> RobotVerdict {
        var memory = BrowserMemory(isOff: ())
        return judge(
            head, fields, traits, over: transport, clientHello: clientHello, layers: layers,
            &memory)
    }

    /// The same, of all layers, by the heads that were seen before: what is found is the same.
    /// - Parameter memory: of this ruleset alone.
    /// - Precondition: each field is a line of the head, its value without the spaces around it.
    package func judge(
        _ head: RawSpan, _ fields: Span<HeaderRange>, _ traits: RequestTraits,
        over transport: RobotTransport, clientHello: UInt64 = 0,
        remembering memory: inout HeadMemory
    ) -> RobotJudgement {
        let circumstances = HeadMemory.Circumstances(
            traits: traits, transport: transport, clientHello: clientHello)
        let place = memory.place(of: head, fields, circumstances)
        if let headHash = memory.find(head, fields, circumstances, at: place) {
            return .nothing(headHash: headHash)
        }
        return .verdict(
            judge(head, fields, traits, circumstances, at: place, remembering: &memory))
    }

    /// Judges a head that is not known, and has it remembered.
    @inline(never)
    private func judge(
        _ head: RawSpan, _ fields: Span<HeaderRange>, _ traits: RequestTraits,
        _ circumstances: HeadMemory.Circumstances, at place: HeadMemory.Place,
        remembering memory: inout HeadMemory
    ) -> RobotVerdict {
        let verdict = judge(
            head, fields, traits, over: circumstances.transport,
            clientHello: circumstances.clientHello, layers: .all, &memory.browsers)
        if verdict.evidence.count == 0 {
            learn(head, fields, circumstances, verdict.headHash, at: place, &memory)
        }
        return verdict
    }

    /// Has a head remembered in which no rule found anything.
    @inline(__always)
    private func learn(
        _ head: RawSpan, _ fields: Span<HeaderRange>, _ circumstances: HeadMemory.Circumstances,
        _ headHash: UInt32, at place: HeadMemory.Place, _ memory: inout HeadMemory
    ) {
        if memory.asksForLayout(at: place) {
            memory.learn(HeadLayout(head, fields, names, read: read), at: place)
        } else if memory.asksForHead(at: place) {
            memory.learn(
                head, fields, circumstances,
                free: HeadLayout(head, fields, names, read: read).free, headHash: headHash,
                at: place)
        }
    }

    private func judge(
        _ head: RawSpan, _ fields: Span<HeaderRange>, _ traits: RequestTraits,
        over transport: RobotTransport, clientHello: UInt64, layers: RobotLayers,
        _ memory: inout BrowserMemory
    ) -> RobotVerdict {
        var hash = HeadHash(isDirect: transport.contains(.direct))
        let walk = names.walk(head, fields, &hash)
        var hits = SignatureHits()
        let browser = readBrowser(head, fields, walk, layers, &memory, &hits)
        scan(head, fields, walk, &hits)
        var evidence = RobotEvidence()
        var weight: Int32 = 0
        var signatureWeight: Int32 = 0
        if layers.contains(.signature) {
            addPresences(fields, walk, &hits)
            // Without any, which is usual, what would hold them is not even handed over.
            if hits.count > 0 {
                signatureWeight = addSignatures(hits, transport, to: &evidence)
                weight = signatureWeight
            }
        }
        if layers.contains(.consistency), !checks.isEmpty {
            let view = RequestView(
                head: head, fields: fields, walk: walk, browser: browser, traits: traits,
                transport: transport, isToolsHandshake: isTools(clientHello))
            weight &+= addChecks(view, to: &evidence)
        }
        return RobotVerdict(
            outcome: weight >= upper ? .refuse : weight >= lower ? .challenge : .accept,
            weight: weight, signatureWeight: signatureWeight, evidence: evidence,
            rulesetVersion: rulesetVersion,
            rulesetDigest: rulesetDigest, headHash: hash.folded)
    }

    // MARK: The browser

    /// What the request claims to be from. A browser that is remembered is not looked at again: its
    /// `User-Agent` holds no tell, and its `Sec-CH-UA` fits it.
    @inline(__always)
    private func readBrowser(
        _ head: RawSpan, _ fields: Span<HeaderRange>, _ walk: HeaderWalk, _ layers: RobotLayers,
        _ memory: inout BrowserMemory, _ hits: inout SignatureHits
    ) -> RequestView.Browser {
        guard let place = walk.place(of: .userAgent) else { return RequestView.Browser() }
        let agent = fields[place].value
        var brands = ByteRange()
        if let place = walk.place(of: .brands) { brands = fields[place].value }
        if let known = memory.find(agent: agent, brands: brands, in: head) {
            hits.excuse(all: known.excused)
            return RequestView.Browser(claim: known.claim, hasKnownBrands: brands.count > 0)
        }
        let browser = readBrowser(head, agent, brands, layers, &hits)
        if hits.count == 0, brands.count == 0 || browser.isConsistent(head) {
            memory.learn(
                BrowserMemory.Known(claim: browser.claim, excused: hits.excused), agent: agent,
                brands: brands, in: head)
        }
        return browser
    }

    @inline(never)
    private func readBrowser(
        _ head: RawSpan, _ agent: ByteRange, _ brands: ByteRange, _ layers: RobotLayers,
        _ hits: inout SignatureHits
    ) -> RequestView.Browser {
        matcher.scan(head, agent, of: HeaderName.userAgent.rawValue, &hits)
        if layers.contains(.signature) { addShapes(head, agent, &hits) }
        let claim = BrowserClaim(hits.marks, head, agent)
        return RequestView.Browser(claim: claim, head, brands)
    }

    // MARK: Layer 1

    /// Looks through the values that tells may be in, but for the first `User-Agent`.
    @inline(__always)
    private func scan(
        _ head: RawSpan, _ fields: Span<HeaderRange>, _ walk: HeaderWalk,
        _ hits: inout SignatureHits
    ) {
        var rest = walk.seen & scanned & ~HeaderName.userAgent.bit
        while rest != 0 {
            let number = rest.trailingZeroBitCount
            rest &= rest &- 1
            matcher.scan(
                head, fields[walk.place(ofNumber: number)].value, of: UInt8(number), &hits)
        }
        let again = walk.repeated & scanned
        if again != 0 { matcher.scanRepeated(head, fields, names, walk, again, &hits) }
    }

    /// What is no text in a `User-Agent`.
    private func addShapes(
        _ head: RawSpan, _ agent: ByteRange, _ hits: inout SignatureHits
    ) {
        let at = hits.marks[.at].map { $0 &- 1 }
        let shapes = self.shapes.span
        for index in 0..<shapes.count {
            let rule = shapes[index]
            guard rule.shape.holds(for: agent, in: head, firstAt: at) else { continue }
            hits.record(
                SignatureHit(rule: rule.rule, tool: SignatureHits.noTool, observed: agent))
        }
    }

    /// Headers that are there or are not.
    @inline(__always)
    private func addPresences(
        _ fields: Span<HeaderRange>, _ walk: HeaderWalk, _ hits: inout SignatureHits
    ) {
        var rest = walk.seen & presences
        while rest != 0 {
            let number = rest.trailingZeroBitCount
            rest &= rest &- 1
            let rule = presenceRules[number]
            let name = fields[walk.place(ofNumber: number)].name
            hits.record(SignatureHit(rule: rule.rule, tool: rule.tool, observed: name))
        }
        rest = absences & ~walk.seen
        while rest != 0 {
            let number = rest.trailingZeroBitCount
            rest &= rest &- 1
            let rule = absenceRules[number]
            hits.record(SignatureHit(rule: rule.rule, tool: rule.tool, observed: ByteRange()))
        }
    }

    /// Names in one text are not independent of each other, so the strongest counts alone: the rule
    /// that weighs most, of equals the one with the longest tell.
    /// - Returns: its weight.
    private func addSignatures(
        _ hits: SignatureHits, _ transport: RobotTransport, to evidence: inout RobotEvidence
    ) -> Int32 {
        var best: SignatureHit?
        var bestWeight: Int32 = 0
        for index in 0..<hits.count {
            let hit = hits[index]
            let rule = weights[Int(hit.rule)]
            guard !hits.isExcused(hit), rule.needs.isSubset(of: transport) else { continue }
            guard let known = best else {
                best = hit
                bestWeight = rule.weight
                continue
            }
            let isStronger =
                rule.weight > bestWeight || rule.weight == bestWeight && hit.isBetter(than: known)
            if isStronger {
                best = hit
                bestWeight = rule.weight
            }
        }
        guard let best else { return 0 }
        evidence.append(
            RobotEvidence.Item(
                rule: UInt16(best.rule), toolPlace: best.tool, weight: bestWeight,
                observed: best.observed))
        return bestWeight
    }

    // MARK: Layer 2

    /// - Returns: the sum of what the checks weigh, held at the layer's limit.
    private func addChecks(_ view: RequestView, to evidence: inout RobotEvidence) -> Int32 {
        var sum: Int32 = 0
        let possible = view.possible
        let checks = self.checks.span
        for index in 0..<checks.count {
            let rule = checks[index]
            guard possible & rule.check.bit != 0, rule.needs.isSubset(of: view.transport) else {
                continue
            }
            let observed =
                rule.check == .order ? misplaced(view) : view.observe(rule.check)
            guard let observed else { continue }
            sum &+= rule.weight
            evidence.append(
                RobotEvidence.Item(
                    rule: rule.rule, toolPlace: SignatureHits.noTool, weight: rule.weight,
                    observed: observed))
        }
        return min(sum, consistencyLimit)
    }

    /// Whether a handshake is one that tools make.
    private func isTools(_ clientHello: UInt64) -> Bool {
        guard clientHello != 0 else { return false }
        let known = toolHandshakes.span
        var low = 0
        var high = known.count
        while low < high {
            let middle = (low &+ high) / 2
            if known[middle] < clientHello { low = middle &+ 1 } else { high = middle }
        }
        return low < known.count && known[low] == clientHello
    }

    private func misplaced(_ view: RequestView) -> ByteRange? {
        switch view.claim.engine {
        case .chromium: view.misplaced(chromiumOrder.span)
        case .firefox: view.misplaced(firefoxOrder.span)
        case .safari: view.misplaced(safariOrder.span)
        case .trident, .other: nil
        }
    }
}
