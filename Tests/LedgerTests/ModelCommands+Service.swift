import Availability
import Ledger
import TestSupport
import Time

/// Incidents, maintenance, force majeure and corrections of few numbers, so that they meet.
extension ModelCommands {
    static func drawService(
        _ random: inout SeededGenerator, near time: Timestamp
    ) -> AdministrativeCommand {
        let number: UInt32 = random.element([1, 1, 2, 2, 3, 5])
        switch random.below(10) {
        case 0...4: return .incident(incident(&random, number))
        case 5...7: return .maintenance(maintenance(&random, number, near: time))
        default: return .service(service(&random, number, near: time))
        }
    }

    private static func incident(
        _ random: inout SeededGenerator, _ number: UInt32
    ) -> IncidentCommand {
        let severity = random.element(IncidentSeverity.allCases)
        switch random.below(12) {
        case 0...5:
            let order = IncidentOrder(
                severity, title: random.below(12) == 0 ? "" : "No entry is accepted",
                note: random.element(["", "n"]),
                client: random.element([nil, "acme", "acme", "bravo", "nobody"]))
            return .open(number: number, order)
        case 6: return .act(number: number, .acknowledge, note: nil)
        case 7: return .act(number: number, .addNote, note: random.element([nil, "n", "m"]))
        case 8: return .act(number: number, .reclassify(severity), note: nil)
        case 9: return .act(number: number, .reopen, note: "n")
        default:
            return .act(
                number: number, .resolve(random.element(IncidentOutcome.allCases)), note: "n")
        }
    }

    private static func maintenance(
        _ random: inout SeededGenerator, _ number: UInt32, near time: Timestamp
    ) -> MaintenanceCommand {
        let hour: Int64 = 3_600_000
        let starts = time.advanced(byMilliseconds: random.element([-hour, 0, hour, 5 * hour]))
        let end = time.advanced(
            byMilliseconds: random.element([-hour, 2 * hour, 6 * hour, 800 * hour]))
        switch random.below(8) {
        case 0: return .extend(number: number, until: end, note: nil)
        case 1: return .end(number: number, note: "n")
        case 2: return .endSeries(number: number, note: nil)
        default:
            let kind = random.element(MaintenanceKind.allCases)
            return .announce(
                number: number,
                MaintenanceTerms(
                    kind: kind, client: random.element([nil, "acme", "nobody"]),
                    starts: random.below(4) == 0 ? nil : starts,
                    ends: random.below(4) == 0 ? nil : end))
        }
    }

    private static func service(
        _ random: inout SeededGenerator, _ number: UInt32, near time: Timestamp
    ) -> ServiceCommand {
        let day: Int64 = 86_400_000
        switch random.below(8) {
        case 0...2:
            return .beginForceMajeure(
                number: number, kind: "flood",
                starts: time.advanced(
                    byMilliseconds: random.element([-400 * day, -day, 0, day, 40 * day])),
                note: nil)
        case 3...4: return .endForceMajeure(number: number, note: nil)
        case 5:
            return .setCalendar(
                BusinessCalendar(
                    .standard, calendar: random.element([nil, OperatorCalendar(timeZone: "UTC")])))
        default:
            let minute = time.milliseconds / 60_000 * 60_000
            return .correctMinutes(
                MinuteCorrection(
                    from: Timestamp(
                        milliseconds: minute - random.element([0, 60_000, 600_000, 600_001])),
                    to: Timestamp(milliseconds: minute + random.element([0, 0, 60_000])),
                    becomes: random.element(Correction.Finding.allCases),
                    client: random.element([nil, "acme", "nobody"]), reason: "no network"))
        }
    }
}
