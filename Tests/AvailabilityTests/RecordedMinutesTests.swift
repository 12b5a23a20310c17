import Availability
import Foundation
import Testing
import Time

@Suite("What is on record of a client")
struct RecordedMinutesTests {
    private let start = utc(2026, 11, 1)
    private let contract = utc(2026, 1, 1)..<utc(2027, 1, 1)

    private func correction(_ minute: Int64, client: String?) throws -> Correction {
        let first = Minute(containing: start).advanced(by: minute)
        return try Correction(
            first..<first.advanced(by: 1), are: .unmeasured, client: client, author: "anne",
            reason: "wrong clock", recordedAt: utc(2026, 12, 1))
    }

    private func recorded() throws -> RecordedMinutes {
        var minutes = RecordedMinutes()
        for number in Int64(0)..<100 {
            #expect(minutes.record(.accessible, at: minute(number)) == true)
        }
        for (client, number) in [("noel", Int64(3)), ("brand", 5), ("noel", 7), ("brand", 8)] {
            #expect(minutes.recordLost(at: minute(number), for: client) == true)
        }
        try minutes.record(correction(20, client: nil))
        try minutes.record(correction(21, client: "brand"))
        try minutes.record(correction(22, client: "other"))
        return minutes
    }

    private func minute(_ number: Int64) -> Minute {
        Minute(containing: start).advanced(by: number)
    }

    private func reading(_ client: String, _ minutes: RecordedMinutes) throws
        -> AvailabilityReading
    {
        var records = ServiceRecords()
        _ = try records.maintenance.announce(
            MaintenanceOrder(
                kind: .scheduled, client: "brand", starts: minute(50).starts,
                ends: minute(60).starts),
            at: utc(2026, 10, 1), in: .utc)
        let facts = ServiceFacts(
            of: client, contract: contract, minutes, records, suspensions: [],
            until: minute(100).starts)
        return ServiceMinutes(facts, in: minute(0)..<minute(100)).a.reading
    }

    @Test("Each client has its own lost minutes, corrections and maintenance beside those of all")
    func clients() throws {
        let minutes = try recorded()
        let brand = try reading("brand", minutes)
        #expect(brand.pcMinutes == 90)
        #expect(brand.unmeasuredMinutes == 2 && brand.notAccessibleMinutes == 2)
        let noel = try reading("noel", minutes)
        #expect(noel.pcMinutes == 100)
        #expect(noel.unmeasuredMinutes == 1 && noel.notAccessibleMinutes == 2)
        let none = try reading("none", minutes)
        #expect(none.unmeasuredMinutes == 1 && none.notAccessibleMinutes == 0)
    }

    @Test("A minute is recorded once, of all and of one client")
    func once() throws {
        var minutes = try recorded()
        let before = minutes
        #expect(minutes.record(.notAccessible, at: minute(99)) == false)
        #expect(minutes.recordLost(at: minute(8), for: "brand") == false)
        #expect(minutes == before)
    }

    @Test("What is old is forgotten, and comes back from JSON as it was")
    func retention() throws {
        var minutes = try recorded()
        let data = try JSONEncoder().encode(minutes)
        #expect(try JSONDecoder().decode(RecordedMinutes.self, from: data) == minutes)
        minutes.removeMinutes(before: minute(8))
        #expect(minutes.platform.start == minute(8))
        #expect(minutes.lost(for: "noel").byteCount == 0)
        #expect(minutes.lost(for: "brand").byteCount == 2)
        minutes.removeMinutes(before: minute(21))
        #expect(minutes.corrections(for: "brand").map(\.first) == [minute(21)])
    }

    @Test("Corrections are bounded")
    func bounds() throws {
        var minutes = RecordedMinutes()
        let one = try correction(1, client: nil)
        for _ in 0..<RecordedMinutes.maximumCorrections { try minutes.record(one) }
        #expect(throws: CorrectionError.tooMany) { try minutes.record(one) }
    }
}
