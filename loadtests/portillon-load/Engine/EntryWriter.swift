import Bytes
import Wire

/// Writes entries as a front end would send them: a browser's head, and a participant who is
/// somebody.
///
/// Everything about a participant follows from the run's tag and the participant's number, so that
/// one who comes back, or a run that is made again with its seed, sends the same bytes.
struct EntryWriter {
    /// All up to the value of `Content-Length`, one for each kind of browser.
    private let heads: [[UInt8]]
    /// Between the given names and the number: distinct from other runs and other streams.
    private let tag: [UInt8]
    /// `,"source":"…"`, or nothing.
    private let source: [UInt8]
    /// People who share a second key; nil sends none.
    private let peoplePerSecondKey: UInt32?

    /// - Parameters:
    ///   - host: for the `Host` field.
    ///   - operation: as the gateway calls it.
    ///   - key: of the operation.
    ///   - tag: letters, digits and hyphens.
    ///   - peoplePerSecondKey: how many people share one; nil sends none.
    ///   - permit: goes along, so that the gateway counts test entries; nil without one.
    init(
        host: String, operation: String, key: String, tag: String, source: String?,
        peoplePerSecondKey: Int? = nil, permit: String? = nil
    ) {
        self.peoplePerSecondKey = peoplePerSecondKey.map { UInt32(max($0, 1)) }
        heads = Names.browsers.map { browser in
            let permitted = permit.map { "Portillon-Permit: \($0)\n" } ?? ""
            let head = """
                POST /v1/operations/\(operation)/entries HTTP/1.1
                Host: \(host)
                User-Agent: \(browser)
                Accept: application/json
                Accept-Language: fr-FR,fr;q=0.9,en;q=0.8
                Accept-Encoding: gzip, deflate, br
                Authorization: Bearer \(key)
                \(permitted)\
                Content-Type: application/json
                Content-Length:\u{20}
                """
            return Array(head.replacing("\n", with: "\r\n").utf8)
        }
        self.tag = Array("-\(tag)-".utf8)
        // Encoded as JSON text, whatever is in it.
        var text = ByteBuffer(capacity: 128)
        if let source {
            text.append(",\"source\":" as StaticString)
            text.append(jsonString: source)
        }
        self.source = text.bytes.array
    }

    /// Appends one request.
    /// - Parameters:
    ///   - ticket: what an earlier answer gave to come back with; nil without one.
    ///   - body: room to write the body in, reused from one entry to the next.
    func append(
        participant: UInt32, ticket: String?, body: inout ByteBuffer, to out: inout ByteBuffer
    ) {
        let dice = SplitMix64.mix(UInt64(participant) &+ 1)
        body.removeAll()
        body.append("{\"participant\":\"" as StaticString)
        appendAddress(participant, dice, to: &body)
        body.append("\",\"fields\":{\"email\":\"" as StaticString)
        appendAddress(participant, dice, to: &body)
        body.append("\",\"answer\":\"" as StaticString)
        body.append(UInt8(ascii: "A") + UInt8(truncatingIfNeeded: dice >> 48 & 3))
        body.append("\"}" as StaticString)
        source.withBytes { body.append($0) }
        if let peoplePerSecondKey {
            body.append(",\"second_key\":\"house" as StaticString)
            tag.withBytes { body.append($0) }
            body.append(json: Int(participant / peoplePerSecondKey))
            body.append(UInt8(ascii: "\""))
        }
        if let ticket {
            body.append(",\"ticket\":" as StaticString)
            body.append(jsonString: ticket)
        }
        body.append(UInt8(ascii: "}"))

        let head = Int(truncatingIfNeeded: dice >> 32 & 0xFFFF) % heads.count
        heads[head].withBytes { out.append($0) }
        out.append(json: body.count)
        out.append("\r\n\r\n" as StaticString)
        out.append(body.bytes)
    }

    /// `camille.martin-k3x9-steady-17@example.fr`
    private func appendAddress(_ participant: UInt32, _ dice: UInt64, to body: inout ByteBuffer) {
        body.append(Names.given[Int(dice & 0x1F)])
        body.append(UInt8(ascii: "."))
        body.append(Names.family[Int(dice >> 8 & 0x1F)])
        tag.withBytes { body.append($0) }
        body.append(json: Int(participant))
        body.append(Names.domains[Int(dice >> 16 & 3)])
    }
}
