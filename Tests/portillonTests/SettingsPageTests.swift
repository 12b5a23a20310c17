import Foundation
import Gateway
import Testing

@testable import portillon

@Suite("The manual lists every setting as it is")
struct SettingsPageTests {
    private let settings = Setting.all(on: Setting.Machine(cores: 4, isTerminal: false))

    /// The page's rows by the setting they begin with; numbers without their commas.
    private static func rows() throws -> [String: [String]] {
        let page = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "ops/manual/settings.md")
        var rows: [String: [String]] = [:]
        for line in try String(contentsOf: page, encoding: .utf8).split(separator: "\n")
        where line.hasPrefix("| `") && !line.hasPrefix("| `-") {
            let cells = line.dropFirst(2).dropLast(2).components(separatedBy: " | ")
            let name = cells[0].trimmingCharacters(in: ["`"])
            #expect(rows[name] == nil, "\(name) is there twice")
            rows[name] = cells.map { $0.replacing(/(\d),(?=\d)/) { $0.1 } }
        }
        return rows
    }

    @Test("each has a row, and each row is of one")
    func complete() throws {
        #expect(Set(try Self.rows().keys) == Set(settings.map(\.key)))
    }

    @Test("ranges, choices, defaults, and what a reload takes, are those of the code")
    func exact() throws {
        let rows = try Self.rows()
        for setting in settings {
            let row = try #require(rows[setting.key], "\(setting.key)")
            switch setting.kind {
            case .wholeNumber(let range):
                #expect(row[1] == "\(range.lowerBound) to \(range.upperBound)", "\(setting.key)")
                // The number of workers depends on the machine.
                if setting.key != "workers" {
                    #expect(row[2] == setting.defaultValue, "\(setting.key)")
                }
            case .choice(let words):
                #expect(row[1] == words.joined(separator: ", "), "\(setting.key)")
            case .boolean:
                #expect(row[1] == "true, false" && row[2] == setting.defaultValue)
            case .address, .timeZone:
                #expect(row[2] == setting.defaultValue, "\(setting.key)")
            case .path, .paths, .networks, .hostNames, .memberURLs, .nodeAddress, .word: break
            }
            if SettingFamily(of: setting.key) == .limits {
                #expect(row[3] == (Reload.isChangeable(setting.key) ? "yes" : "no"))
            } else {
                let isRead = setting.key == Setting.ruleset.key
                #expect(Reload.isChangeable(setting.key) == isRead, "\(setting.key)")
            }
        }
    }
}
