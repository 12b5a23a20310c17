import Bytes
import Ledger
import Testing
import Wire

@testable import Gateway

/// An entry's body as ``EntryRequest`` has read it.
struct ReadEntry {
    var participant = ""
    var participantBytes = 0
    var isDecoded = false
    var fields = ""
    var source = ""
    var ticket = ""
    var altcha = ""
    var age = false
    var gives = false
    /// The consents as a record holds them.
    var given: [String] = []
    var fieldErrors: [FieldError] = []

    var pointers: [String] { fieldErrors.map(\.pointer) }

    init(_ json: String, limits: Limits = Limits(), needed: [String] = []) throws {
        var document = JSONDocument(nodeCapacity: 16)
        var text = ByteBuffer(capacity: 16)
        text.append("left over from an earlier entry")
        let known = KnownConsents(Bench.settings(.once).requiring(needed))
        var consents = ConsentReader()
        let failure: JSONError? = json.withBytes { bytes in
            if let failure = document.parse(bytes) { return failure }
            let entry = EntryRequest(
                document, in: bytes, limits: EntryLimits(limits), decoded: &text)
            participant = entry.participant.bytes(bytes, text.bytes).text
            participantBytes = Int(entry.participant.range.count)
            isDecoded = entry.participant.isDecoded
            fields = bytes.extracting(entry.fields.range).text
            source = entry.source.bytes(bytes, text.bytes).text
            ticket = entry.ticket.bytes(bytes, text.bytes).text
            altcha = entry.altcha.bytes(bytes, text.bytes).text
            age = entry.ageConfirmed
            fieldErrors = entry.fieldErrors
            if fieldErrors.isEmpty {
                gives = consents.read(entry, document, in: bytes, known) == 0
                given = Self.names(consents.given.bytes)
            }
            return nil
        }
        if let failure { throw failure }
    }

    private static func names(_ record: RawSpan) -> [String] {
        var consents = GivenConsents(record)
        var names: [String] = []
        // What does not verify ends the list, and the names are then too few.
        while let consent = try? consents.next() {
            names.append(record.extracting(consent.name).text)
        }
        return names
    }
}

extension OperationSettings {
    fileprivate func requiring(_ consents: [String]) -> OperationSettings {
        var settings = self
        settings.consents = consents
        return settings
    }
}

@Suite("The body of an entry")
struct EntryRequestTests {
    @Test("every field is read from where it stands")
    func complete() throws {
        let entry = try ReadEntry(
            """
            { "fields" : {"name":"Zoé","n":[1,{"a":null}]}, "participant":"zoe@example.org",
              "source":"tv-spot","age_confirmed":true,"consents":["rules","news"],
              "ticket":"t","altcha":"a" }
            """, needed: ["news", "rules"])
        #expect(entry.fieldErrors.isEmpty)
        #expect(entry.participant == "zoe@example.org")
        #expect(!entry.isDecoded)
        #expect(entry.fields == "{\"name\":\"Zoé\",\"n\":[1,{\"a\":null}]}")
        #expect(entry.source == "tv-spot")
        #expect(entry.ticket == "t" && entry.altcha == "a")
        #expect(entry.age)
        #expect(entry.gives)
    }

    @Test("only the participant is required")
    func minimal() throws {
        let entry = try ReadEntry("{\"participant\":\"x\"}", needed: ["rules"])
        #expect(entry.fieldErrors.isEmpty)
        #expect(entry.participant == "x")
        #expect(entry.fields.isEmpty && entry.source.isEmpty)
        #expect(!entry.age)
        #expect(!entry.gives)
        #expect(try ReadEntry("{\"participant\":\"x\"}").gives, "nothing needed, nothing missing")
    }

    @Test(
        "a participant written with escapes is the one it stands for",
        arguments: [
            (#"a\u0041b"#, "aAb"), (#"\u00e9"#, "é"), (#"\ud83d\ude00"#, "😀"),
            (#"\"\\\/"#, "\"\\/"),
            (#"\n\t"#, "\n\t"), (#"\u0000"#, "\0"),
        ])
    func escapedParticipants(written: String, text: String) throws {
        let entry = try ReadEntry("{\"participant\":\"\(written)\"}")
        #expect(entry.fieldErrors.isEmpty)
        #expect(entry.isDecoded)
        #expect(entry.participant == text)
        #expect(entry.participantBytes == text.utf8.count)
    }

    @Test(
        "a campaign's tag and a ticket written with escapes are what they stand for",
        arguments: [
            (#"spring\/2026"#, "spring/2026"), (#"\u0061b"#, "ab"), (#"\u00e9t\u00E9"#, "été"),
            (#"a\u002Db"#, "a-b"), (#"\ud83d\ude00"#, "😀"), ("plain", "plain"),
        ])
    func escapedTexts(written: String, text: String) throws {
        let entry = try ReadEntry(
            #"{"ticket":"\#(written)","participant":"p\u0061","source":"\#(written)"}"#)
        #expect(entry.fieldErrors.isEmpty)
        #expect(entry.source == text)
        #expect(entry.ticket == text)
        #expect(entry.participant == "pa")
        let long = String(repeating: #"\u0061"#, count: 64)
        #expect(try ReadEntry(#"{"participant":"x","source":"\#(long)"}"#).fieldErrors.isEmpty)
        let tooLong = try ReadEntry(#"{"participant":"x","source":"\#(long)a"}"#)
        #expect(tooLong.pointers == ["/source"])
    }

    @Test(
        "null is as good as nothing, for every field that may be left out",
        arguments: [
            "fields", "source", "age_confirmed", "consents", "ticket", "second_key", "altcha",
        ])
    func nulls(name: String) throws {
        let entry = try ReadEntry(#"{"participant":"x","\#(name)":null}"#, needed: ["rules"])
        #expect(entry.fieldErrors.isEmpty)
        #expect(entry.fields.isEmpty && entry.source.isEmpty && entry.ticket.isEmpty)
        #expect(!entry.age && !entry.gives)
    }

    @Test("a second key has 1 to 256 bytes, escapes decoded")
    func secondKeys() throws {
        let long = String(repeating: "é", count: 128)
        for key in ["a", #"\u0061"#, long] {
            #expect(
                try ReadEntry(#"{"participant":"x","second_key":"\#(key)"}"#).fieldErrors.isEmpty)
        }
        for key in [#""""#, "\"\(long)a\"", "5", "{}", "[]", "true"] {
            let entry = try ReadEntry(#"{"participant":"x","second_key":\#(key)}"#)
            #expect(entry.pointers == ["/second_key"], "\(key)")
        }
    }

    @Test("a required field that is null is not there")
    func nullParticipant() throws {
        let entry = try ReadEntry(#"{"participant":null}"#)
        #expect(entry.fieldErrors.map(\.detail) == ["Required."])
    }

    @Test("names written with escapes are the same names")
    func escapedNames() throws {
        let entry = try ReadEntry(#"{"p\u0061rticipant":"x","\u0073ource":"tv"}"#)
        #expect(entry.fieldErrors.isEmpty)
        #expect(entry.participant == "x")
        #expect(entry.source == "tv")
    }

    @Test(
        "consents count as what they stand for, each by itself",
        arguments: [
            (#"["rules"]"#, ["rules"], true), (#"["\u0072ules"]"#, ["rules"], true),
            (#"["a\"b"]"#, ["a\"b"], true), (#"["rules"]"#, ["rules", "news"], false),
            (#"["news","rules","rules"]"#, ["rules", "news"], true), ("[]", ["rules"], false),
            ("[]", [], true), (#"["Rules"]"#, ["rules"], false), (#"["rules "]"#, ["rules"], false),
            (#"["rule","s"]"#, ["rules"], false),
        ] as [(String, [String], Bool)])
    func consents(written: String, needed: [String], gives: Bool) throws {
        let entry = try ReadEntry(
            "{\"consents\":\(written),\"participant\":\"x\"}", needed: needed)
        #expect(entry.fieldErrors.isEmpty)
        #expect(entry.gives == gives)
        #expect(Set(entry.given).count == entry.given.count, "each once")
        #expect(Set(entry.given).isSuperset(of: needed) == gives)
    }

    @Test("consents are recorded by name, also those that nobody asked for")
    func givenConsents() throws {
        let entry = try ReadEntry(
            #"{"participant":"x","consents":["news","r\u0075les","news","rules"]}"#,
            needed: ["rules"])
        #expect(entry.given == ["news", "rules"])
        #expect(try ReadEntry(#"{"participant":"x"}"#).given.isEmpty)
        let long = String(repeating: "c", count: 65)
        for written in ["", long] {
            let refused = try ReadEntry("{\"participant\":\"x\",\"consents\":[\"\(written)\"]}")
            #expect(refused.pointers == ["/consents/0"])
        }
    }

    @Test(
        "a field of the wrong kind is a fault where it stands",
        arguments: [
            (#"{"participant":1}"#, "/participant"), (#"{"participant":null}"#, "/participant"),
            (#"{"participant":["x"]}"#, "/participant"), (#"{"participant":""}"#, "/participant"),
            (#"{}"#, "/participant"),
            (#"{"participant":"x","fields":[]}"#, "/fields"),
            (#"{"participant":"x","fields":"{}"}"#, "/fields"),
            (#"{"participant":"x","source":7}"#, "/source"),
            (#"{"participant":"x","age_confirmed":"true"}"#, "/age_confirmed"),
            (#"{"participant":"x","age_confirmed":1}"#, "/age_confirmed"),
            (#"{"participant":"x","surprise":null}"#, "/surprise"),
            (#"{"participant":"x","consents":"rules"}"#, "/consents"),
            (#"{"participant":"x","consents":{"rules":true}}"#, "/consents"),
            (#"{"participant":"x","consents":["rules",1]}"#, "/consents/1"),
            (#"{"participant":"x","consents":[["rules"]]}"#, "/consents/0"),
            (#"{"participant":"x","ticket":1}"#, "/ticket"),
            (#"{"participant":"x","altcha":{}}"#, "/altcha"),
            (#"{"participant":"x","surprise":1}"#, "/surprise"),
            (#"{"participant":"x","Participant":"y"}"#, "/Participant"),
            (#"{"participant":"x","":1}"#, "/"),
        ])
    func wrongKinds(json: String, pointer: String) throws {
        let entry = try ReadEntry(json)
        #expect(entry.pointers == [pointer])
        #expect(entry.fieldErrors.allSatisfy { !$0.detail.isEmpty })
    }

    @Test("what is no object is no entry", arguments: ["[]", "\"x\"", "1", "null", "true", "[{}]"])
    func notObjects(json: String) throws {
        #expect(try ReadEntry(json).pointers == [""])
    }

    @Test(
        "a pointer is RFC 6901's",
        arguments: [
            ("a/b", "/a~1b"), ("m~n", "/m~0n"), ("~1", "/~01"), ("/", "/~1"), ("~", "/~0"),
            (#"a\/b"#, "/a~1b"), (#"\u007e"#, "/~0"), (#"\"q"#, "/\"q"), ("é", "/é"),
        ])
    func pointers(name: String, pointer: String) throws {
        #expect(try ReadEntry("{\"participant\":\"x\",\"\(name)\":1}").pointers == [pointer])
    }

    @Test("a long name is shortened, at a character's end")
    func longNames() throws {
        let name = String(repeating: "é", count: 100)
        let entry = try ReadEntry("{\"participant\":\"x\",\"\(name)\":1}")
        #expect(entry.pointers == ["/" + String(repeating: "é", count: 64)])
    }

    @Test("eight faults are named, and no more")
    func manyFaults() throws {
        let names = (0..<100).map { "\"f\($0)\":\($0)" }.joined(separator: ",")
        let entry = try ReadEntry("{\(names)}")
        #expect(entry.pointers == (0..<8).map { "/f\($0)" })
    }

    @Test("each limit holds at its edge, in bytes")
    func edges() throws {
        func text(_ count: Int) -> String { String(repeating: "x", count: count) }
        func pointers(_ members: String) throws -> [String] {
            try ReadEntry("{\"participant\":\"p\",\(members)}").pointers
        }
        #expect(try ReadEntry("{\"participant\":\"\(text(256))\"}").fieldErrors.isEmpty)
        #expect(try ReadEntry("{\"participant\":\"\(text(257))\"}").pointers == ["/participant"])
        // 128 letters of two bytes; and escapes count by what they stand for.
        let accents = String(repeating: "é", count: 128)
        #expect(try ReadEntry("{\"participant\":\"\(accents)\"}").fieldErrors.isEmpty)
        #expect(try ReadEntry("{\"participant\":\"\(accents)x\"}").pointers == ["/participant"])
        let escapes = String(repeating: #"\u0061"#, count: 256)
        #expect(try ReadEntry("{\"participant\":\"\(escapes)\"}").fieldErrors.isEmpty)
        #expect(try ReadEntry("{\"participant\":\"\(escapes)a\"}").pointers == ["/participant"])
        #expect(try pointers("\"source\":\"\(text(64))\"").isEmpty)
        #expect(try pointers("\"source\":\"\(text(65))\"") == ["/source"])
        #expect(try pointers("\"ticket\":\"\(text(1_024))\"").isEmpty)
        #expect(try pointers("\"ticket\":\"\(text(1_025))\"") == ["/ticket"])
        #expect(try pointers("\"altcha\":\"\(text(4_096))\"").isEmpty)
        #expect(try pointers("\"altcha\":\"\(text(4_097))\"") == ["/altcha"])
        #expect(try pointers("\"fields\":{\"a\":\"\(text(8_192 - 8))\"}").isEmpty)
        #expect(try pointers("\"fields\":{\"a\":\"\(text(8_192 - 7))\"}") == ["/fields"])
    }

    @Test("limits that were set are the limits")
    func configuredLimits() throws {
        var limits = Limits()
        limits.fieldsBytes = 4
        let short = "{\"participant\":\"x\",\"fields\":{  }}"
        let long = "{\"participant\":\"x\",\"fields\":{   }}"
        #expect(try ReadEntry(short, limits: limits).fieldErrors.isEmpty)
        #expect(try ReadEntry(long, limits: limits).pointers == ["/fields"])
    }

    @Test("the same key twice is not JSON to us, however it is written")
    func duplicates() {
        #expect(throws: JSONError.self) {
            try ReadEntry(#"{"participant":"x","participant":"y"}"#)
        }
        #expect(throws: JSONError.self) {
            try ReadEntry(#"{"participant":"x","p\u0061rticipant":"y"}"#)
        }
    }
}
