extension RulesetReader {
    mutating func readSignatures(_ elements: [RulesetValue]) throws(RulesetError) {
        guard elements.count <= RulesetLimits.signatureRules else {
            throw RulesetError(
                "/signatures", "Must be at most \(RulesetLimits.signatureRules) rules.")
        }
        for (index, element) in elements.enumerated() {
            let pointer = "/signatures/\(index)"
            let members = try element.object(pointer)
            rules.append(try rule(members, layer: .signature, pointer))
            try readSubject(members, pointer)
        }
        try checkHeaderCount("/signatures")
    }

    /// What the rule looks at: exactly one of `in`, `absent`, `present`, `shape`.
    private mutating func readSubject(
        _ members: [RulesetValue.Member], _ pointer: String
    ) throws(RulesetError) {
        let kinds = ["in", "absent", "present", "shape"]
        guard members.count(where: { kinds.contains($0.name) }) == 1 else {
            throw RulesetError(pointer, "Must have one of \(kinds.joined(separator: ", ")).")
        }
        let common = ["rule", "weight", "says", "needs"]
        if let value = members["in"] {
            try members.check(known: common + ["in", "tools", "tells", "unless"], in: pointer)
            let headers = try self.headers(value, "\(pointer)/in").map(\.text)
            try readTells(members, headers, pointer)
        } else if let value = members["absent"] {
            try members.check(known: common + ["absent"], in: pointer)
            for (header, place) in try headers(value, "\(pointer)/absent") {
                guard !signatures.absences.contains(where: { $0.header == header }) else {
                    throw RulesetError(place, Self.isTaken)
                }
                signatures.absences.append((header, rules.count - 1))
            }
        } else if let value = members["present"] {
            try members.check(known: common + ["present", "tool"], in: pointer)
            var tool: Int?
            if let name = members["tool"] {
                tool = try self.tool(name.string("\(pointer)/tool"), "\(pointer)/tool")
            }
            for (header, place) in try headers(value, "\(pointer)/present") {
                guard !signatures.presences.contains(where: { $0.header == header }) else {
                    throw RulesetError(place, Self.isTaken)
                }
                signatures.presences.append((header, rules.count - 1, tool))
            }
        } else if let value = members["shape"] {
            try members.check(known: common + ["shape"], in: pointer)
            for (name, place) in try value.strings("\(pointer)/shape") {
                guard let shape = ValueShape.allCases.first(where: { $0.name == name }) else {
                    let known = ValueShape.allCases.map(\.name).joined(separator: ", ")
                    throw RulesetError(place, "Must be one of \(known).")
                }
                signatures.shapes.append((shape, rules.count - 1))
            }
        }
    }

    private static var isTaken: String { "Must be a header that no other such rule is about." }

    private func headers(
        _ value: RulesetValue, _ pointer: String
    ) throws(RulesetError) -> [(text: String, pointer: String)] {
        let names = try value.strings(pointer)
        for (index, name) in names.enumerated() {
            try checkHeader(name.text, name.pointer)
            guard names.firstIndex(where: { $0.text == name.text }) == index else {
                throw RulesetError(name.pointer, "Must be there once.")
            }
        }
        return names
    }

    /// `tools` names who is told by what; `tells` are of nobody in particular.
    private mutating func readTells(
        _ members: [RulesetValue.Member], _ headers: [String], _ pointer: String
    ) throws(RulesetError) {
        guard members["tools"] != nil || members["tells"] != nil else {
            throw RulesetError(pointer, "Must have tools, tells, or both.")
        }
        let rule = rules.count - 1
        if let value = members["tools"] {
            for member in try value.object("\(pointer)/tools") {
                let place = "\(pointer)/tools/\(RulesetError.token(member.name))"
                let tool = try self.tool(member.name, place)
                for tell in try tells(member.value, place) {
                    for header in headers { signatures.tells.append((tell, header, rule, tool)) }
                }
            }
        }
        if let value = members["tells"] {
            for tell in try tells(value, "\(pointer)/tells") {
                for header in headers { signatures.tells.append((tell, header, rule, nil)) }
            }
        }
        if let value = members["unless"] {
            for tell in try tells(value, "\(pointer)/unless") {
                for header in headers { signatures.excuses.append((tell, header, rule)) }
            }
        }
        guard signatures.tells.count + signatures.excuses.count <= RulesetLimits.tells else {
            throw RulesetError(pointer, "Must be at most \(RulesetLimits.tells) tells altogether.")
        }
    }

    private mutating func tells(
        _ value: RulesetValue, _ pointer: String
    ) throws(RulesetError) -> [Tell] {
        var tells: [Tell] = []
        for (text, place) in try value.strings(pointer) {
            let tell = Tell(text)
            let isText = tell.text.allSatisfy { $0 >= 0x20 && $0 < 0x7F && $0 &- 0x41 >= 26 }
            guard isText, RulesetLimits.tellBytes.contains(tell.text.count) else {
                let range = RulesetLimits.tellBytes
                throw RulesetError(
                    place,
                    "Must have \(range.lowerBound) to \(range.upperBound) ASCII characters without "
                        + "the marks at its ends, and no upper-case letter.")
            }
            tellBytes += tell.text.count
            tells.append(tell)
        }
        guard tellBytes <= RulesetLimits.allTellBytes else {
            throw RulesetError(
                pointer,
                "Must keep all tells together at \(RulesetLimits.allTellBytes) bytes at most.")
        }
        return tells
    }

    /// The place of a tool in the list of tools; a new one where it is not there yet.
    private mutating func tool(_ name: String, _ pointer: String) throws(RulesetError) -> Int {
        try checkName(name, pointer)
        if let index = tools.firstIndex(of: name) { return index }
        guard tools.count < RulesetLimits.tools else {
            throw RulesetError(pointer, "Must be at most \(RulesetLimits.tools) tools altogether.")
        }
        tools.append(name)
        return tools.count - 1
    }
}
