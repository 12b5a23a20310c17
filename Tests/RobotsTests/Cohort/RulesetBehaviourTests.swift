import Testing
import Time

@testable import Robots

/// A rule with whatever else it is to have.
private func rule(_ name: String, _ rest: String = "") -> String {
    #"{"rule": "\#(name)", "weight": 1.5, "says": "S."\#(rest)}"#
}

private let aboveNothing = rule("cohort-head", #", "least": 0.1"#)
private let needing = rule("cohort-head", #", "needs": "direct""#)

@Suite("A ruleset says what rhythm and cohort may weigh")
struct RulesetBehaviourTests {
    private static let bounds =
        #""lower": 2, "upper": 7, "consistency": 6, "rhythm": 3, "cohort": 4, "#
        + #""cohort-least": -1, "independence": 0.5"#

    private func read(bounds: String = Self.bounds, rest: String) throws(RulesetError) -> Ruleset {
        let text = """
            {"format": 1, "version": 1, "bounds": {\(bounds)}, "signatures": [],
             "consistency": []\(rest)}
            """
        return try Ruleset(Array(text.utf8))
    }

    @Test("every rule of the two layers is in the shipped file, and neither layer refuses alone")
    func shipped() {
        let ruleset = Ruleset.shipped
        let names = ruleset.rules.filter { $0.layer == .rhythm || $0.layer == .cohort }.map(\.name)
        #expect(Set(names) == Set(BehaviourRule.allCases.map(\.name)))
        let settings = ruleset.behaviour
        #expect(settings.rhythmMaximum < ruleset.upper && settings.cohortMaximum < ruleset.upper)
        for rule in BehaviourRule.allCases {
            #expect(settings[rule].upper > 0)
            // The file's order is the layers'.
            let layer = ruleset.rules.first { $0.name == rule.name }?.layer
            #expect(layer.map { Int($0.rawValue) } == rule.layer)
        }
    }

    @Test("what the file says is what the rules weigh; one that it leaves out is off")
    func values() throws {
        let domain = rule("cohort-domain", #", "least": -0.25"#)
        let cohort = [rule("cohort-head"), domain].joined(separator: ", ")
        let ruleset = try read(
            rest: #", "rhythm": [\#(rule("rhythm-pace"))], "cohort": [\#(cohort)]"#)
        let settings = ruleset.behaviour
        #expect(settings.rhythmMaximum == 3_000 && settings.cohortMaximum == 4_000)
        #expect(settings.cohortMinimum == -1_000 && settings.independence == 0.5)
        #expect(settings[.pace] == BehaviourSettings.WeightRange(0, 1_500))
        #expect(settings[.domain] == BehaviourSettings.WeightRange(-250, 1_500))
        #expect(settings[.burst] == BehaviourSettings.WeightRange(0, 0))
        #expect(ruleset.rules.map(\.layer) == [.rhythm, .cohort, .cohort])
    }

    @Test("without the two layers nothing weighs")
    func absent() throws {
        let bounds = #""lower": 2, "upper": 7, "consistency": 6"#
        let settings = try read(bounds: bounds, rest: "").behaviour
        var detector = BehaviourDetector(
            capacity: BehaviourCapacity(), settings: settings, seed: 1)
        var entry = EntryTraits(operation: 1, key: 1, address: 2, participant: 0)
        for number in 0..<100 {
            entry.participant = UInt64(number + 1)
            let time = Timestamp(milliseconds: Int64(number) * 1_000)
            let findings = detector.observe(entry, at: time)
            #expect(findings.weight == 0 && findings.count == 0)
        }
        // The same entries by the shipped rules, from here on: one a second is no person's pace.
        detector.settings = Ruleset.shipped.behaviour
        entry.participant = 1_000
        let findings = detector.observe(entry, at: Timestamp(milliseconds: 100_000))
        #expect(findings.weight > 0)
        let reasons = (0..<findings.count).compactMap { Ruleset.shipped.reason(findings[$0]) }
        let pace = try #require(reasons.first { $0.rule == "rhythm-pace" })
        #expect(pace.layer == .rhythm && pace.observed.hasPrefix("intervals vary by "))
        #expect(reasons.count == findings.count)
    }

    @Test(
        "what is wrong is named with its place",
        arguments: [
            (#", "rhythm": [{"rule": "rhythm-pace", "says": "S."}]"#, "/rhythm/0/weight"),
            (#", "rhythm": [\#(rule("cohort-head"))]"#, "/rhythm/0/rule"),
            (#", "cohort": [\#(rule("head"))]"#, "/cohort/0/rule"),
            (#", "cohort": [\#(rule("cohort-head")), \#(rule("cohort-head"))]"#, "/cohort/1/rule"),
            (#", "cohort": [\#(aboveNothing)]"#, "/cohort/0/least"),
            (#", "cohort": [\#(needing)]"#, "/cohort/0/needs"),
            (
                #", "cohort": [{"rule": "cohort-head", "weight": -1, "says": "S."}]"#,
                "/cohort/0/weight"
            ),
        ])
    func rules(_ rest: String, _ pointer: String) {
        let error = #expect(throws: RulesetError.self) { try read(rest: rest) }
        #expect(error?.pointer == pointer)
    }

    @Test(
        "what a layer may add must be said, and be too little to refuse",
        arguments: [
            (#""cohort": 4, "cohort-least": -1, "independence": 1"#, "/bounds/rhythm"),
            (#""rhythm": 7, "cohort": 4, "cohort-least": -1"#, "/bounds/rhythm"),
            (#""rhythm": 3, "cohort": 0, "cohort-least": -1"#, "/bounds/cohort"),
            (#""rhythm": 3, "cohort": 4, "independence": 1"#, "/bounds/cohort-least"),
            (#""rhythm": 3, "cohort": 4, "cohort-least": 1"#, "/bounds/cohort-least"),
            (#""rhythm": 3, "cohort": 4, "cohort-least": -1"#, "/bounds/independence"),
            (
                #""rhythm": 3, "cohort": 4, "cohort-least": -1, "independence": 1.5"#,
                "/bounds/independence"
            ),
        ])
    func bounds(_ more: String, _ pointer: String) {
        let bounds = #""lower": 2, "upper": 7, "consistency": 6, "# + more
        let error = #expect(throws: RulesetError.self) {
            try read(bounds: bounds, rest: #", "rhythm": [], "cohort": []"#)
        }
        #expect(error?.pointer == pointer)
    }

    @Test("what each rule observed can be said")
    func texts() {
        for rule in BehaviourRule.allCases {
            #expect(rule.text(250) != rule.text(110))
        }
        #expect(BehaviourRule.domain.text(248) == "2.5 times as frequent as elsewhere")
    }
}
