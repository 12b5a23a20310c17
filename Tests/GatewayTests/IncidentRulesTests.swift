import Availability
import Testing
import Time

@testable import Gateway

@Suite("Incidents that the gateway opens by its own rules")
struct IncidentRulesTests {
    private let now = Timestamp(milliseconds: 1_795_176_000_000)

    private func days(_ count: Int64) -> Timestamp {
        now.advanced(byMilliseconds: count * 86_400_000)
    }

    private func order(
        _ end: Timestamp?, _ register: IncidentRegister = IncidentRegister(),
        at time: Timestamp? = nil
    ) -> IncidentSeverity? {
        IncidentRules.order(certificateEnd: end, register, at: time ?? now)?.severity
    }

    @Test("a certificate is reported two weeks before its end, and is critical in the last days")
    func certificate() {
        #expect(order(nil) == nil)
        #expect(order(days(15)) == nil)
        #expect(order(days(14)) == .minor)
        #expect(order(days(4)) == .minor)
        #expect(order(days(3)) == .critical)
        #expect(order(days(-1)) == .critical)
    }

    @Test("there is one incident of it at a time, and none within a day of the last one")
    func once() throws {
        var register = IncidentRegister()
        let business = BusinessTime(OperatorCalendar())
        let rule = IncidentAuthor(.rule, name: "certificate-expiry")
        let anne = IncidentAuthor(.operator, name: "anne")
        _ = try register.open(
            IncidentOrder(.minor, title: "t"), at: now, by: rule, in: business)
        #expect(order(days(9), register, at: days(2)) == nil, "it is in progress")
        try register.apply(.resolve(.confirmed), to: 1, at: now, by: anne, in: business)
        #expect(order(days(9), register) == nil, "a person has just closed it")
        #expect(order(days(9), register, at: days(1)) == .minor, "the cause is still there")
        var other = IncidentRegister()
        _ = try other.open(
            IncidentOrder(.minor, title: "t"), at: now, by: anne, in: business)
        #expect(order(days(9), other) == .minor, "a person's is another one")
    }
}
