internal import Bytes
internal import Cryptography

/// `robots`: the keys that are pinned.
extension RulesetReader {
    mutating func readRobots(_ members: [RulesetValue.Member]) throws(RulesetError) {
        try members.check(known: ["authorities", "keys"], in: "/robots")
        let names = try members.required("authorities", in: "/robots")
        for (name, pointer) in try names.strings("/robots/authorities") {
            let isName = name.utf8.allSatisfy { byte in
                byte &- 0x61 < 26 || byte &- 0x30 <= 10 || byte == UInt8(ascii: "-")
                    || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "[")
                    || byte == UInt8(ascii: "]")
            }
            guard isName, RulesetLimits.authorityBytes.contains(name.utf8.count) else {
                throw RulesetError(
                    pointer,
                    "Must be a host as robots sign it, such as jeu.example.fr or "
                        + "jeu.example.fr:8443: lower case, without https://.")
            }
            guard !authorities.contains(name), authorities.count < RulesetLimits.authorities
            else {
                throw RulesetError(
                    pointer,
                    "Must be there once, and be one of \(RulesetLimits.authorities) at most.")
            }
            authorities.append(name)
        }
        let keys = try members.required("keys", in: "/robots").array("/robots/keys")
        guard keys.count <= RulesetLimits.pinnedKeys else {
            throw RulesetError(
                "/robots/keys", "Must be at most \(RulesetLimits.pinnedKeys) keys.")
        }
        for (index, element) in keys.enumerated() {
            let pointer = "/robots/keys/\(index)"
            pinned.append(try robot(element.object(pointer), pointer))
        }
    }

    private func robot(
        _ members: [RulesetValue.Member], _ pointer: String
    ) throws(RulesetError) -> PinnedRobot {
        try members.check(known: ["robot", "agent", "x", "keyid"], in: pointer)
        func text(_ name: String) throws(RulesetError) -> String {
            try members.required(name, in: pointer).string("\(pointer)/\(name)")
        }
        let name = try text("robot")
        try checkName(name, "\(pointer)/robot")
        let agent = try text("agent")
        let isAgent = agent.utf8.allSatisfy {
            $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\")
        }
        guard isAgent, agent.hasPrefix("https://"),
            RulesetLimits.agentBytes.contains(agent.utf8.count)
        else {
            throw RulesetError(
                "\(pointer)/agent",
                "Must be what the robot sends as Signature-Agent, such as https://agent.example.")
        }
        let x = try text("x")
        var bytes = ByteBuffer(capacity: 32)
        let isKey = x.withBytes { bytes.append(decodingBase64URL: $0) }
        guard isKey, bytes.count == Ed25519PublicKey.byteCount else {
            throw RulesetError(
                "\(pointer)/x",
                "Must be the member x of an Ed25519 key as JWK (RFC 8037): 43 characters.")
        }
        let keyID = try text("keyid")
        let thumbprint = PinnedRobot.thumbprint(of: x)
        guard keyID == thumbprint else {
            throw RulesetError(
                "\(pointer)/keyid",
                "Must be the JWK thumbprint of x (RFC 7638, 8037), which is \(thumbprint).")
        }
        guard !pinned.contains(where: { $0.keyID == keyID }) else {
            throw RulesetError("\(pointer)/keyid", "Must be there once.")
        }
        return PinnedRobot(
            name: name, agent: agent, key: Ed25519PublicKey(bytes.bytes), keyID: keyID)
    }
}
