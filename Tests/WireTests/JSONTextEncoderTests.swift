import Foundation
import TestSupport
import Testing

@testable import Wire

/// Values as JSON in one pass, beside Foundation's encoder.
@Suite struct JSONTextEncoderTests {
    @Test func everyKindOfMemberIsAsFoundationHasIt() throws {
        try expectSame(Everything.filled)
        try expectSame(Everything(inner: nil, text: "é\"\\\n\u{1}/😀", list: [], names: [:]))
        try expectSame([Everything.filled, Everything.filled])
        try expectSame([[1, 2], [], [3]])
        try expectSame([String: [Int]]())
        try expectSame(["b": ["d": 1, "c": 2], "a": [:]])
    }

    @Test func aValueAloneIsWritten() throws {
        #expect(try text(5) == "5")
        #expect(try text("a\"b") == #""a\"b""#)
        #expect(try text(true) == "true")
        #expect(try text(Int?.none) == "null")
        #expect(try text(UInt64.max) == "18446744073709551615")
        #expect(try text(Int64.min) == "-9223372036854775808")
        #expect(try text(Float(0.1)) == "0.1")
        #expect(try text([Double.nan]) == "[null]")
    }

    @Test func membersStandAsTheyAreEncodedAndNamesInTheirOrder() throws {
        let names = Dictionary(uniqueKeysWithValues: (0..<40).map { ("n\(100 + $0)", $0) })
        let expected = "{" + (0..<40).map { "\"n\(100 + $0)\":\($0)" }.joined(separator: ",") + "}"
        #expect(try text(names) == expected)
        #expect(try text(Pair(z: 1, a: 2)) == #"{"z":1,"a":2}"#)
    }

    @Test func aValueMayAddItsMembersToAnothers() throws {
        try expectSame(Joined(pair: Pair(z: 1, a: 2), own: [1, 2]))
        try expectSame([Joined(pair: Pair(z: 1, a: 2), own: []), Joined(pair: nil, own: [])])
        #expect(
            try text(Joined(pair: Pair(z: 1, a: 2), own: [3])) == #"{"z":1,"a":2,"own":[3]}"#)
    }

    @Test func containersWithinContainersAreClosedInTime() throws {
        try expectSame(Nested())
        #expect(
            try text(Nested())
                == #"{"object":{"a":1,"list":[1,{"x":"y"},[true]]},"super":2,"last":null}"#)
    }

    @Test func whatEncodesNothingIsAnEmptyObject() throws {
        #expect(try text([Nothing(), Nothing()]) == "[{},{}]")
        #expect(try text(["a": Nothing()]) == #"{"a":{}}"#)
        #expect(try text(Nothing()) == "{}")
    }

    @Test func whatAValueThrowsArrives() {
        #expect(throws: Refusal.self) { try text([Refusing()]) }
    }

    // MARK: Values

    private struct Everything: Encodable {
        struct Inner: Encodable {
            let of: [String?]
            let number: Double
        }

        var yes = true
        var small: Int8 = -7
        var large = UInt64.max
        var halves = [0.5, -1e-9, 3, 1e300]
        var inner: Inner?
        var text: String
        var list: [Inner]
        var names: [String: Int?]

        static let filled = Everything(
            inner: Inner(of: ["a", nil, ""], number: 2), text: "plain",
            list: [Inner(of: [], number: 0.25)], names: ["zwei": 2, "eins": 1, "keins": nil])
    }

    private struct Pair: Encodable {
        let z: Int
        let a: Int
    }

    /// As the views do that extend another one.
    private struct Joined: Encodable {
        let pair: Pair?
        let own: [Int]

        enum CodingKeys: CodingKey { case own }

        func encode(to encoder: any Encoder) throws {
            try pair?.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(own, forKey: .own)
        }
    }

    private struct Nested: Encodable {
        enum CodingKeys: CodingKey { case object, a, list, last, x }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            var object = container.nestedContainer(keyedBy: CodingKeys.self, forKey: .object)
            try object.encode(1, forKey: .a)
            var list = object.nestedUnkeyedContainer(forKey: .list)
            try list.encode(1)
            var within = list.nestedContainer(keyedBy: CodingKeys.self)
            try within.encode("y", forKey: .x)
            var array = list.nestedUnkeyedContainer()
            try array.encode(true)
            #expect(list.count == 3)
            try 2.encode(to: container.superEncoder())
            try container.encodeNil(forKey: .last)
        }
    }

    private struct Nothing: Encodable {
        func encode(to encoder: any Encoder) {}
    }

    private struct Refusal: Error {}

    private struct Refusing: Encodable {
        func encode(to encoder: any Encoder) throws { throw Refusal() }
    }

    // MARK: Comparing

    private func text(_ value: some Encodable) throws -> String {
        String(decoding: try JSONTextEncoder.encode(value), as: UTF8.self)
    }

    /// Both texts stand for the same value; read by Foundation.
    private func expectSame(
        _ value: some Encodable, location: SourceLocation = #_sourceLocation
    ) throws {
        let own = try JSONSerialization.jsonObject(with: Data(try JSONTextEncoder.encode(value)))
        let other = try JSONSerialization.jsonObject(with: try JSONEncoder().encode(value))
        let (left, right) = (own as? NSObject, other as? NSObject)
        #expect(left != nil && left == right, sourceLocation: location)
    }
}
