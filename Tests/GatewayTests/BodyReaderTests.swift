import Bytes
import Testing
import Time
import Wire

@testable import Gateway

@Suite("The body of an admin request")
struct BodyReaderTests {
    private enum Colour: String, CaseIterable { case red, green }

    private func reader(_ json: String) throws(Problem) -> BodyReader {
        try BodyReader(Array(json.utf8))
    }

    /// What `finish` finds wrong, by pointer.
    private func fieldErrors(_ reader: BodyReader) -> [String] {
        var reader = reader
        do throws(Problem) {
            try reader.finish()
            return []
        } catch {
            #expect(error.status.code == 422)
            return error.fieldErrors.map(\.pointer)
        }
    }

    @Test("every kind of field is read")
    func fields() throws {
        var body = try reader(
            """
            {"s":"text","i":-7,"t":"2026-11-20T12:00:00Z","l":["a","b"],"c":"green","n":null}
            """)
        #expect(body.string("s") == "text")
        #expect(body.optionalInteger("i") == -7)
        #expect(body.optionalTime("t") == Timestamp(milliseconds: 1_795_176_000_000))
        #expect(body.strings("l") == ["a", "b"])
        #expect(body.choice("c", default: Colour.red) == .green)
        #expect(body.optionalString("n") == nil)
        #expect(fieldErrors(body) == [])
    }

    @Test("what is not there is nothing, or its default; what is required is missed")
    func absent() throws {
        for json in ["", "{}", #"{"s":null,"i":null,"t":null,"l":null,"c":null}"#] {
            var body = try reader(json)
            #expect(body.optionalString("s") == nil)
            #expect(body.optionalInteger("i") == nil)
            #expect(body.optionalTime("t") == nil)
            #expect(body.strings("l") == [])
            #expect(body.choice("c", default: Colour.red) == .red)
            #expect(fieldErrors(body) == [])
            #expect(body.string("name") == "")
            #expect(fieldErrors(body) == ["/name"])
        }
    }

    @Test("null is as good as nothing where something is required; only a pace may be null")
    func null() throws {
        for json in [#"{"time":null,"count":null,"choice":null}"#, "{}"] {
            var body = try reader(json)
            _ = body.time("time")
            _ = body.count("count")
            let _: Colour = body.requiredChoice("choice", default: .red)
            #expect(fieldErrors(body) == ["/time", "/count", "/choice"])
        }
        var pace = try reader(#"{"pace":null}"#)
        let none = pace.nullableCount("pace")
        #expect(none == nil)
        #expect(fieldErrors(pace) == [])
        var nothing = try reader("{}")
        _ = nothing.nullableCount("pace")
        #expect(fieldErrors(nothing) == ["/pace"])
        var flag = try reader(#"{"a":true,"b":null,"c":1}"#)
        let values = [flag.flag("a"), flag.flag("b")]
        #expect(values == [true, false])
        _ = flag.flag("c")
        #expect(fieldErrors(flag) == ["/c"])
    }

    @Test("wrong kinds are named, each once, and unknown fields after them in order")
    func wrongKinds() throws {
        var body = try reader(
            """
            {"z":1,"a/b":1,"m~n":1,"s":1,"o":[],"i":"7","f":1.5,"t":"yesterday","u":7,
             "l":"a","k":["a",1,null],"c":"blue"}
            """)
        _ = body.string("s")
        _ = body.optionalString("o")
        _ = body.optionalInteger("i")
        _ = body.optionalInteger("f")
        _ = body.optionalTime("t")
        _ = body.optionalTime("u")
        _ = body.strings("l")
        #expect(body.strings("k") == ["a"])
        #expect(body.choice("c", default: Colour.red) == .red)
        #expect(
            fieldErrors(body) == [
                "/s", "/o", "/i", "/f", "/t", "/u", "/l", "/k/1", "/k/2", "/c", "/a~1b", "/m~0n",
                "/z",
            ])
    }

    @Test("a choice that is none says what there is")
    func choices() throws {
        var body = try reader(#"{"c":"blue"}"#)
        _ = body.choice("c", default: Colour.red)
        let problem = #expect(throws: Problem.self) { try body.finish() }
        #expect(problem?.fieldErrors.first?.detail == #"Must be one of "red", "green"."#)
    }

    @Test(
        "what is not JSON is a 400, what is no object a 422",
        arguments: [
            ("{", 400), ("nonsense", 400), ("{} x", 400), (#"{"a":1,"a":2}"#, 400),
            (#"{"a":1,"\u0061":2}"#, 400), ("{'a':1}", 400), ("{\"a\":01}", 400),
            ("\u{FEFF}{}", 400), (String(repeating: "[", count: 33), 400), ("[]", 422),
            ("\"x\"", 422), ("null", 422), ("1", 422), ("[{}]", 422),
        ])
    func notObjects(json: String, status: Int) {
        let problem = #expect(throws: Problem.self) { _ = try reader(json) }
        #expect(problem?.status.code == status)
    }

    @Test("bytes that are not UTF-8 are not JSON")
    func notUTF8() {
        let problem = #expect(throws: Problem.self) {
            _ = try BodyReader(Array("{\"a\":\"".utf8) + [0xFF] + Array("\"}".utf8))
        }
        #expect(problem?.status.code == 400)
    }

    @Test("numbers of any size are numbers: no trap, no wrap")
    func numbers() throws {
        for number in ["9223372036854775808", "-9223372036854775809", "1e300", "0.5"] {
            var body = try reader("{\"i\":\(number)}")
            #expect(body.optionalInteger("i") == nil)
            #expect(fieldErrors(body) == ["/i"])
        }
        let problem = #expect(throws: Problem.self) { _ = try reader(#"{"a":[0,{"~/":1e400}]}"#) }
        #expect(problem?.status.code == 422)
        #expect(problem?.fieldErrors.map(\.pointer) == ["/a/1/~0~1"])
        var body = try reader("{\"i\":9223372036854775807,\"j\":-9223372036854775808}")
        #expect(body.optionalInteger("i") == .max)
        #expect(body.optionalInteger("j") == .min)
        for (number, value) in [
            ("18.0", 18), ("-0", 0), ("1.8e1", 18), ("9007199254740991.0", 9_007_199_254_740_991),
        ] {
            var body = try reader("{\"i\":\(number)}")
            #expect(body.optionalInteger("i") == value)
        }
    }

    @Test(
        "times are RFC 3339",
        arguments: [
            ("2026-11-20T12:00:00Z", 1_795_176_000_000),
            ("2026-11-20T12:00:00.000Z", 1_795_176_000_000),
            ("2026-11-20T13:00:00+01:00", 1_795_176_000_000),
            ("2026-11-20T06:30:00-05:30", 1_795_176_000_000),
            ("2026-11-20T12:00:00.5Z", 1_795_176_000_500),
            ("2026-11-20T12:00:00.25Z", 1_795_176_000_250),
            ("2026-11-20T12:00:00.123Z", 1_795_176_000_123),
            ("2026-11-20T12:00:00.123456Z", 1_795_176_000_123),
            ("2026-11-20T12:00:00.9999Z", 1_795_176_000_999),
            ("2026-11-20T12:00:00.123+00:00", 1_795_176_000_123),
            ("2026-11-20t12:00:00z", 1_795_176_000_000),
            ("1970-01-01T00:00:00Z", 0), ("1969-12-31T23:59:59.999Z", -1),
            ("2028-02-29T00:00:00Z", 1_835_395_200_000),
            ("0001-01-01T00:00:00Z", -62_135_596_800_000),
            ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
        ] as [(String, Int64)])
    func times(text: String, milliseconds: Int64) {
        #expect(Timestamp(rfc3339: text)?.milliseconds == milliseconds)
    }

    @Test(
        "what is not RFC 3339 is no time",
        arguments: [
            "", "2026", "2026-11-20", "2026-11-20T12:00Z", "2026-11-20T12:00:00", "12:00:00Z",
            "2026-11-20T12:00:00+0100", "2026-11-20T12:00:00+01", "2026-13-01T00:00:00Z",
            "2026-00-01T00:00:00Z", "2026-02-30T00:00:00Z", "2027-02-29T00:00:00Z",
            "2026-11-00T00:00:00Z", "2026-11-20T24:00:01Z", "2026-11-20T12:60:00Z",
            "2026-11-20T12:00:61Z", "2026-11-20T12:00:00ZZ", "2026-11-20T12:00:00Z ",
            " 2026-11-20T12:00:00Z", "2026-11-20T12:00:00.Z", "2026-11-20T12:00:00,5Z",
            "20261120T120000Z", "2026-W47-5T12:00:00Z", "+2026-11-20T12:00:00Z",
            "12026-11-20T12:00:00Z", "2026-11-20T12:00:00.5.5Z", "2026-1-2T3:4:5Z",
            "2026-11-20T12:00:00+24:00", "2026-11-20T12:00:00+00:60", "1795176000",
            "2026-11-20T12:00:00-", "٢٠٢٦-11-20T12:00:00Z",
        ])
    func notTimes(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }
}
