import AdminClient
import Foundation
import Wire

/// The scenario's operations as the gateway has them: what they are called there, and their keys.
struct Operations: Sendable {
    /// By index of the scenario's operations.
    private(set) var ids: [String] = []
    private(set) var keys: [String] = []

    /// Takes operations that exist already.
    /// - Parameter given: keys by the operation's name, which is its identifier too.
    init(existing plans: [OperationPlan], keys given: [String: String]) throws(UsageError) {
        for plan in plans {
            guard let key = given[plan.name] else {
                throw UsageError(
                    "a key for operation \(plan.name) is missing: --key \(plan.name)=…")
            }
            ids.append(plan.name)
            keys.append(key)
        }
        if let unknown = given.keys.first(where: { name in !plans.contains { $0.name == name } }) {
            throw UsageError("the scenario has no operation \(unknown)")
        }
    }

    /// Makes operations of this run's own, each with a key, in the state that the scenario wants.
    /// - Parameter tag: of the run: what another run made is left alone.
    init(creating plans: [OperationPlan], tag: String, with api: AdminAPI) throws {
        try api.json(
            "PUT", ["v1", "clients", "load-test"], .object(["name": .string("Load test")]))
        for plan in plans {
            let id = "\(plan.name)-\(tag)"
            let path = ["v1", "operations", id]
            guard case .object(var settings) = plan.settings else { continue }
            settings["client"] = .string("load-test")
            try api.json("PUT", path, .object(settings))
            let key = try api.json("POST", path + ["keys"], .object([:]))["key"]
            ids.append(id)
            keys.append(key?.string ?? "")
            if let expected = plan.expectedParticipants {
                let notice = JSONValue.object(["expected_participants": .integer(expected)])
                try api.json("POST", path + ["traffic-notice"], notice)
            }
            for campaign in plan.campaigns {
                try api.json("POST", path + ["campaigns"], Self.starting(campaign.declaration))
            }
            if let pace = plan.pace {
                let body = JSONValue.object(["per_second": .integer(pace)])
                try api.json("POST", path + ["pace"], body)
            }
            if plan.state != .draft { try api.json("POST", path + ["open"], .object([:])) }
            if plan.state == .closed { try api.json("POST", path + ["close"], .object([:])) }
        }
    }

    /// A declaration of what starts in a moment, which is not late.
    private static func starting(_ declaration: JSONValue) -> JSONValue {
        guard case .object(var members) = declaration else { return declaration }
        let start = Date(timeIntervalSinceNow: 2).formatted(.iso8601)
        members["starts"] = .string(start)
        return .object(members)
    }

    /// What the gateway has on record of its own steps, by index; nil where it does not say.
    func steps(_ api: AdminAPI, since start: Date) -> [[GatewayStep]?] {
        ids.map { id in
            ask(api, ["v1", "operations", id, "evidence"]).flatMap {
                GatewayStep.list(evidence: $0, since: start)
            }
        }
    }

    /// Participants as the gateway counts them, by index; nil where it does not say.
    func participants(_ api: AdminAPI) -> [Int?] {
        ids.map { id in ask(api, ["v1", "operations", id])?["participants"]?.integer }
    }

    /// - Returns: nil, and says why, where the gateway does not answer: what is not known fails the
    ///   expectation of it.
    private func ask(_ api: AdminAPI, _ path: [String]) -> JSONValue? {
        do {
            return try api.json("GET", path)
        } catch {
            RunnerOutput.say("portillon-load: \(error)\n")
            return nil
        }
    }
}
