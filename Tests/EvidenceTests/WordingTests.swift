import Contract
import Foundation
import Ledger
import Testing
import Time

@testable import Evidence

@Suite("Words of two languages, side by side")
struct WordingTests {
    /// Every text that a dossier can be made of.
    private static var all: [(name: String, wording: Wording)] {
        func list<P: Phrase>(_ type: P.Type) -> [(name: String, wording: Wording)] {
            P.allCases.map { ("\(P.self).\($0)", $0.wording) }
        }
        let units = Unit.allCases.flatMap {
            [("Unit.\($0)", $0.singular), ("Unit.\($0)", $0.plural)]
        }
        let terms = GlossaryTerm.allCases.flatMap {
            [("GlossaryTerm.\($0)", $0.term), ("GlossaryTerm.\($0)", $0.meaning)]
        }
        return list(EventPhrase.self) + list(SummaryPhrase.self) + list(PagePhrase.self)
            + list(TermPhrase.self) + list(VerdictPhrase.self) + list(PolicyPhrase.self)
            + list(RobotPhrase.self) + list(ExplanationPhrase.self) + list(Finding.Figure.self)
            + list(Finding.Relation.self) + list(LimitSource.self) + list(IncidentRule.self)
            + units + terms
    }

    private func placeholders(_ text: String) -> [String] {
        text.matches(of: /\{([a-z0-9]*)\}/).map { String($0.1) }.sorted()
    }

    @Test("no text lacks a language, and both have the same values")
    func complete() {
        for (name, wording) in Self.all {
            for language in Language.allCases {
                #expect(!wording[language].isEmpty, "\(name) in \(language)")
            }
            #expect(
                placeholders(wording.english) == placeholders(wording.french), "\(name)")
            #expect(
                wording.english.filter { "{}".contains($0) }.count
                    == 2 * placeholders(wording.english).count, "\(name)")
        }
    }

    @Test("French is typeset: narrow spaces, guillemets, apostrophes")
    func typography() {
        for (name, wording) in Self.all {
            #expect(!wording.french.contains("'"), "\(name)")
            for mark in ["« ", " »", " ;", " !", " ?", " :", " %", "\""] {
                #expect(!wording.french.contains(mark), "\(name): \(mark)")
            }
        }
        #expect(
            Wording("", "l'« été » : 50 % ; fin").french
                == "l’«\u{202F}été\u{202F}»\u{A0}: 50\u{202F}%\u{202F}; fin")
    }

    @Test("counts have their nouns; what a value holds is not typeset")
    func counts() {
        func days(_ count: Int, _ language: Language) -> String {
            language.counted(count, ("day", "days"), ("jour", "jours"))
        }
        #expect(
            [0, 1, 2, 1_500].map { days($0, .english) } == [
                "0 days", "1 day", "2 days", "1,500 days",
            ])
        #expect(
            [0, 1, 2, 1_500].map { days($0, .french) }
                == ["0 jour", "1 jour", "2 jours", "1\u{202F}500 jours"])
        #expect(
            Language.french.say("", "l'opération : {title}", ["title": "l'été : « x »"])
                == "l’opération\u{A0}: l'été : « x »")
        #expect(Language.english.colon == ": " && Language.french.colon == "\u{A0}: ")
        #expect(Language.french.decimal("99.652") == "99,652")
        #expect(Language.french.channel("television") == "télévision")
    }

    @Test("every name that records use has a word")
    func terms() {
        var names = EntryRule.allCases.map(\.rawValue) + LadderPolicy.allCases.map(\.rawValue)
        names += Channel.allCases.map(\.rawValue) + SuspensionGround.allCases.map(\.rawValue)
        names += PressureLevel.allCases.map { "\($0.name)" }
        names += CapacityStage.allCases.map(\.rawValue)
        names += OperationState.allCases.map(\.name) + ["deleted"]
        names += RevocationReason.allCases.map(\.rawValue) + Author.Role.allCases.map(\.rawValue)
        names += AnsweredEntries.State.allCases.map(\.rawValue)
        names += PublicHolidays.allCases.map(\.rawValue)
        for name in names { #expect(TermPhrase(rawValue: name) != nil, "\(name)") }
        for verdict in AnsweredEntries.verdicts {
            #expect(VerdictPhrase(rawValue: verdict.name) != nil, "\(verdict.name)")
        }
        for verdict in RobotMinute.Verdict.allCases {
            #expect(RobotPhrase(rawValue: verdict.rawValue) != nil, "\(verdict)")
        }
        // What makes a minute accessible is of no operation: no dossier shows it.
        for setting in Policy.settings where !setting.name.hasPrefix("minute_") {
            #expect(PolicyPhrase(rawValue: setting.name) != nil, "\(setting.name)")
        }
    }

    @Test("a value that looks like a placeholder stays what it is")
    func values() {
        let wording = Wording("{a} and {b}", "{a} et {b}")
        #expect(wording.filled(.english, ["a": "{b}", "b": "x"]) == "{b} and x")
    }

    @Test("numbers and quantities in both forms")
    func numbers() {
        let narrow = "\u{202F}"
        #expect(Language.english.number(1_234_567) == "1,234,567")
        #expect(Language.french.number(1_234_567) == "1\(narrow)234\(narrow)567")
        #expect(Language.english.tenths(12_345) == "1,234.5")
        #expect(Language.french.tenths(12_345) == "1\(narrow)234,5")
        #expect(Language.english.quantity(1, .participants) == "1 participant")
        #expect(Language.english.quantity(0, .entries) == "0 entries")
        #expect(Language.french.quantity(0, .entries) == "0 participation")
        #expect(Language.french.quantity(255, .permille) == "25,5\(narrow)%")
        #expect(Language.english.quantity(255, .permille) == "25.5%")
        #expect(Language.french.quantity(812_000, .microseconds) == "812\(narrow)ms")
    }

    @Test("times in UTC and in the operation's zone, with the date where it is another one")
    func times() throws {
        let zone = Zone(
            name: "Europe/Paris",
            localTime: try LocalTime([
                LocalTime.Offset(from: Timestamp(milliseconds: 0), offsetSeconds: 3_600)
            ]))
        let noon = Timestamp(milliseconds: 1_795_176_000_123)
        #expect(
            Language.english.time(noon, in: zone)
                == "20 November 2026, 12:00:00.123 UTC (13:00:00.123 Europe/Paris)")
        let late = try #require(Timestamp(rfc3339: "2026-11-30T23:30:00Z"))
        #expect(
            Language.french.time(late, in: zone)
                == "30 novembre 2026, 23:30:00,000 UTC "
                + "(1er décembre 2026, 00:30:00,000 Europe/Paris)")
        #expect(
            Language.french.time(late, in: Zone(name: "UTC", localTime: .utc))
                == "30 novembre 2026, 23:30:00,000 UTC")
    }
}
