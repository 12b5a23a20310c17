/// All minutes on record, and all corrections of them.
package struct RecordedMinutes: Equatable, Codable, Sendable {
    /// The minutes that were not accessible for one client alone.
    private struct OwnMinutes: Equatable, Codable, Sendable {
        var client: String
        var history: MinuteHistory
    }

    /// What the probes found; of all clients.
    package private(set) var platform = MinuteHistory()
    /// In order of the clients' names.
    private var own: [OwnMinutes] = []
    /// In the order in which they were recorded.
    package private(set) var corrections: [Correction] = []

    /// How many corrections are kept. Old ones leave by ``removeMinutes(before:)``.
    package static var maximumCorrections: Int { 4_096 }

    package init() {}

    /// Records what the probes found in a minute.
    /// - Returns: false, with nothing changed, where the minute has been recorded already.
    package mutating func record(_ state: MinuteState, at minute: Minute) -> Bool {
        platform.record(state, at: minute)
    }

    /// Records that a minute was not accessible for one client, since its entries were refused for
    /// lack of room (``MinuteRule/lacksRoom(refused:of:)``).
    /// - Returns: false, with nothing changed, where that or a later minute has been recorded.
    package mutating func recordLost(at minute: Minute, for client: String) -> Bool {
        let index = own.firstIndex { $0.client >= client } ?? own.count
        if index == own.count || own[index].client != client {
            own.insert(OwnMinutes(client: client, history: MinuteHistory()), at: index)
        }
        return own[index].history.record(.notAccessible, at: minute)
    }

    /// Records a correction beside the minutes.
    /// - Throws: ``CorrectionError/tooMany``.
    package mutating func record(_ correction: Correction) throws(CorrectionError) {
        guard corrections.count < Self.maximumCorrections else { throw .tooMany }
        corrections.append(correction)
    }

    /// The minutes that were lost for a client alone.
    package func lost(for client: String) -> MinuteHistory {
        own.first { $0.client == client }?.history ?? MinuteHistory()
    }

    /// The corrections for all clients and for this one, in the order in which they were recorded.
    package func corrections(for client: String) -> [Correction] {
        corrections.concerning(client)
    }

    /// Forgets the corrections of minutes before a minute.
    package mutating func removeCorrections(before minute: Minute) {
        corrections.removeAll { $0.minutes.upperBound <= minute }
    }

    /// Makes the storage of the corrections this value's alone.
    package mutating func detachStorage() {
        corrections.reserveCapacity(corrections.count + 1)
        own.reserveCapacity(own.count + 1)
    }

    /// Forgets what is before a minute.
    package mutating func removeMinutes(before minute: Minute) {
        platform.removeMinutes(before: minute)
        for index in own.indices { own[index].history.removeMinutes(before: minute) }
        own.removeAll { $0.history.byteCount == 0 }
        removeCorrections(before: minute)
    }
}
