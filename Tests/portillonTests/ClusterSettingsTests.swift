import Foundation
import Testing

@testable import portillon

@Suite("The cluster in the configuration")
struct ClusterSettingsTests {
    private let settings = Setting.all(on: Setting.Machine(cores: 4, isTerminal: false))

    /// Why the flags are refused; nil where they are not.
    private func refusal(_ flags: [String: String]) throws -> String? {
        let file = try ConfigurationFile(Data("{}".utf8), path: "p.json")
        let node = ["cluster_listen": "127.0.0.1:8082", "node": "a"]
        let all = node.merging(flags) { $1 }
        do throws(CommandFailure) {
            _ = try Configuration(settings: settings, flags: all, file: file).cluster()
            return nil
        } catch {
            #expect(error.status == 78)
            return error.lines.joined()
        }
    }

    @Test("authorities that would secure nothing are refused: the links would be plain text")
    func authoritiesAlone() throws {
        let http = ["cluster": "http://127.0.0.1:2379"]
        #expect(try refusal(http) == nil)
        let alone = try refusal(http.merging(["cluster_ca": "/ca.pem"]) { $1 })
        #expect(alone?.contains("cluster_ca alone secures nothing") == true)
        let half = try refusal(http.merging(["cluster_certificate": "/own.pem"]) { $1 })
        #expect(half?.contains("must be given together") == true)
    }
}
