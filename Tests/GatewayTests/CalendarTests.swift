import Foundation
import Testing

@testable import Gateway

@Suite("The calendar of declared campaigns", .onOwnThread)
struct CalendarTests {
    private func gateway() throws -> TestGateway {
        let gateway = try TestGateway()
        for client in ["acme", "bien"] {
            let made = try gateway.admin("PUT", "/v1/clients/\(client)", #"{"name":"C"}"#)
            #expect(made.status == 201, "\(made)")
            #expect(
                try gateway.admin(
                    "PUT", "/v1/operations/ete-\(client)",
                    "{\"client\":\"\(client)\",\"title\":\"T\"}"
                ).status == 201)
        }
        return gateway
    }

    private func declare(
        _ gateway: TestGateway, _ operation: String, _ recipients: Int, _ starts: String
    ) throws -> String {
        let answer = try gateway.admin(
            "POST", "/v1/operations/\(operation)/campaigns",
            "{\"channel\":\"television\",\"recipients\":\(recipients),\"starts\":\"\(starts)\"}")
        #expect(answer.status == 201, "\(answer)")
        return try #require(answer.object["campaign"] as? String)
    }

    private static let range = "?from=2030-01-01T00:00:00Z&to=2030-01-02T00:00:00Z"

    @Test("it has what each campaign is expected to bring, and all together")
    func operators() throws {
        let gateway = try gateway()
        let first = try declare(gateway, "ete-acme", 100_000, "2030-01-01T12:00:00Z")
        _ = try declare(gateway, "ete-bien", 100_000, "2030-01-01T12:00:00Z")
        _ = try declare(gateway, "ete-bien", 100_000, "2030-02-01T12:00:00Z")
        let answer = try gateway.admin("GET", "/v1/calendar" + Self.range)
        #expect(answer.status == 200, "\(answer)")
        let waves = try #require(answer.object["waves"] as? [[String: Any]])
        #expect(waves.count == 2 && answer.object["waves_total"] as? Int == 2)
        #expect(waves[0]["operation"] as? String == "ete-acme")
        #expect(waves[0]["expected_participants"] as? Int == 2_000)
        let peak = try #require(waves[0]["peak_per_second"] as? Double)
        let load = try #require(answer.object["load"] as? [[String: Any]])
        #expect(load.compactMap { $0["per_second"] as? Double }.max() == peak * 2)
        #expect(load.first?["at"] as? String == "2030-01-01T12:00:00.000Z")
        #expect(load.last?["per_second"] as? Double == 0)
        // Withdrawn campaigns and closed operations bring nothing.
        let path = "/v1/operations/ete-acme/campaigns/\(first)"
        #expect(try gateway.admin("DELETE", path).status == 200)
        _ = try gateway.admin("POST", "/v1/operations/ete-bien/open")
        #expect(try gateway.admin("POST", "/v1/operations/ete-bien/close").status == 200)
        let empty = try gateway.admin("GET", "/v1/calendar" + Self.range)
        #expect((empty.object["load"] as? [Any])?.isEmpty == true, "\(empty)")
    }

    @Test("of more parts than it reckons with, the campaigns that are left out are counted")
    func omitted() throws {
        let gateway = try gateway()
        let few = try gateway.admin("GET", "/v1/calendar" + Self.range)
        #expect(few.object["campaigns_omitted"] as? Int == 0)
        // Each has 96 parts.
        for number in 0..<210 {
            let answer = try gateway.admin(
                "POST", "/v1/operations/ete-acme/campaigns",
                "{\"channel\":\"television\",\"recipients\":\(100 + number),"
                    + "\"starts\":\"2030-01-01T00:00:00Z\",\"ends\":\"2030-01-02T00:00:00Z\"}")
            try #require(answer.status == 201, "\(answer)")
        }
        let many = try gateway.admin("GET", "/v1/calendar" + Self.range)
        #expect(many.object["campaigns_omitted"] as? Int == 2, "\(many)")
        #expect(many.object["waves_total"] as? Int == 208)
        let check = try gateway.admin(
            "POST", "/v1/operations/ete-bien/campaign-check",
            #"{"channel":"email","recipients":1,"starts":"2030-01-01T00:00:00Z"}"#)
        #expect(check.object["campaigns_omitted"] as? Int == 2, "\(check)")
    }

    @Test("wrong intervals are refused with what is wrong")
    func intervals() throws {
        let gateway = try gateway()
        for query in [
            "from=tomorrow", "from=2030-01-02T00:00:00Z&to=2030-01-01T00:00:00Z",
            "from=2030-01-01T00:00:00Z&to=2031-01-01T00:00:00Z", "month=1",
        ] {
            #expect(try gateway.admin("GET", "/v1/calendar?" + query).status == 422, "\(query)")
        }
    }

    @Test("as iCalendar each campaign is an event")
    func file() throws {
        let gateway = try gateway()
        _ = try declare(gateway, "ete-acme", 100_000, "2030-01-01T12:00:00Z")
        let answer = try gateway.admin("GET", "/v1/calendar.ics" + Self.range)
        #expect(answer.status == 200, "\(answer)")
        let text = answer.text
        #expect(text.hasPrefix("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"))
        #expect(text.contains("\r\nDTSTART:20300101T120000Z\r\n"), "\(text)")
        #expect(
            text.contains("\r\nSUMMARY:ete-acme: television to 100\\,000 recipients\r\n"), "\(text)"
        )
        #expect(text.hasSuffix("END:VEVENT\r\nEND:VCALENDAR\r\n"))
        for line in text.components(separatedBy: "\r\n") { #expect(line.utf8.count <= 75) }
        let french = try gateway.admin("GET", "/v1/calendar.ics" + Self.range + "&lang=fr")
        #expect(french["content-language"] == "fr", "\(french)")
        #expect(
            french.text.replacing("\r\n ", with: "").contains(
                "SUMMARY:ete-acme\u{A0}: télévision\\, 100\u{202F}000 destinataires\r\n"),
            "\(french.text)")
        // A calendar program that subscribes cannot move the end.
        let soon = Date(timeIntervalSinceNow: 90 * 86_400).formatted(.iso8601)
        _ = try declare(gateway, "ete-bien", 100_000, soon)
        let subscribed = try gateway.admin("GET", "/v1/calendar.ics")
        #expect(subscribed.text.contains("SUMMARY:ete-bien: television"), "\(subscribed.text)")
        let wrong = try gateway.admin("GET", "/v1/calendar.ics?lang=de")
        #expect(wrong.status == 422, "\(wrong)")
    }

    @Test("a withdrawn campaign is a cancelled event until its time is over")
    func withdrawn() throws {
        let gateway = try gateway()
        let mine = try declare(gateway, "ete-acme", 100_000, "2030-01-01T12:00:00Z")
        _ = try declare(gateway, "ete-bien", 100_000, "2030-01-01T13:00:00Z")
        let made = try gateway.admin(
            "POST", "/v1/tokens", #"{"role":"client","client":"bien"}"#)
        let token = try #require(made.object["token"] as? String, "\(made)")
        /// The lines of the first event: of the operator's file, or of another client's.
        func event(_ range: String = Self.range, as bearer: String? = nil) throws -> [Substring] {
            var request = gateway.adminRequest("GET", "/v1/calendar.ics" + range)
            if let bearer { request = request.replacing(/Bearer \S+/) { _ in "Bearer \(bearer)" } }
            let text = try WireClient(port: gateway.adminPort).exchange(request).text
            let lines = text.replacing("\r\n ", with: "").split(separator: "\r\n")
            #expect(lines.contains("REFRESH-INTERVAL;VALUE=DURATION:PT1H"))
            let begin = try #require(
                lines.firstIndex { $0.hasPrefix("UID:\(mine)@") || $0.hasPrefix("UID:other-") })
            return Array(lines[begin...].prefix { $0 != "END:VEVENT" })
        }
        let (before, others) = (try event(), try event(as: token))
        for lines in [before, others] {
            #expect(lines.contains("SEQUENCE:0") && !lines.contains("STATUS:CANCELLED"))
        }
        let path = "/v1/operations/ete-acme/campaigns/\(mine)"
        #expect(try gateway.admin("DELETE", path).status == 200)
        let (after, othersAfter) = (try event(), try event(as: token))
        for (before, after) in [(before, after), (others, othersAfter)] {
            #expect(after.contains("SEQUENCE:1") && after.contains("STATUS:CANCELLED"), "\(after)")
            for name in ["UID", "DTSTART", "DTEND", "SUMMARY"] {
                #expect(
                    after.filter { $0.hasPrefix(name) } == before.filter { $0.hasPrefix(name) })
            }
            #expect(!after.contains { $0.hasPrefix("DESCRIPTION") }, "nothing is expected of it")
        }
        #expect(!othersAfter.contains { $0.contains("acme") || $0.contains(mine) })
        // It is expected no more, and its event goes when it would have been over.
        let calendar = try gateway.admin("GET", "/v1/calendar" + Self.range)
        #expect(calendar.object["waves_total"] as? Int == 1)
        let later = try gateway.admin(
            "GET", "/v1/calendar.ics?from=2030-01-20T00:00:00Z&to=2030-01-21T00:00:00Z")
        #expect(!later.text.contains("BEGIN:VEVENT"), "\(later)")
    }

    @Test("a campaign is checked beside the others, and changes nothing")
    func check() throws {
        let gateway = try gateway()
        _ = try declare(gateway, "ete-acme", 100_000, "2030-01-01T12:00:00Z")
        func ask(_ more: String) throws -> [String: Any] {
            let answer = try gateway.admin(
                "POST", "/v1/operations/ete-bien/campaign-check",
                "{\"channel\":\"television\",\"recipients\":100000,"
                    + "\"starts\":\"2030-01-01T12:00:00Z\"\(more)}")
            #expect(answer.status == 200, "\(answer)")
            return answer.object
        }
        let unknown = try ask("")
        #expect(unknown["fits"] == nil)
        let peak = try #require(unknown["peak_per_second"] as? Double)
        #expect(unknown["others_per_second"] as? Double == peak / 2)
        let wide = try ask(",\"capacity_per_second\":1000")
        #expect(wide["fits"] as? Bool == true && (wide["waves"] as? [Any])?.isEmpty == true)
        let tight = try ask(",\"capacity_per_second\":\(Int(peak)),\"target_percent\":70")
        #expect(tight["fits"] as? Bool == false)
        let waves = try #require(tight["waves"] as? [[String: Any]])
        #expect(waves.compactMap { $0["recipients"] as? Int }.reduce(0, +) == 100_000)
        #expect(waves.count > 1)
        let calendar = try gateway.admin("GET", "/v1/calendar" + Self.range)
        #expect(calendar.object["waves_total"] as? Int == 1)
        let nowhere = try gateway.admin(
            "POST", "/v1/operations/nobody/campaign-check",
            #"{"channel":"sms","recipients":1,"starts":"2030-01-01T00:00:00Z"}"#)
        #expect(nowhere.status == 404, "\(nowhere)")
        let wrong = try gateway.admin(
            "POST", "/v1/operations/ete-bien/campaign-check",
            #"{"channel":"post","recipients":0,"starts":"now","target_percent":0}"#)
        #expect(wrong.status == 422)
        #expect((wrong.object["errors"] as? [Any])?.count == 4, "\(wrong)")
    }
}
