internal import Addresses
internal import Sockets

/// The connections of the admin listener: which of them have shown a token, and which go first when
/// places run short. Pure; the admin loop owns it.
///
/// A connection without a valid token has its place for a short time only, and a newcomer takes the
/// place of the oldest such connection of the greediest address. So a stranger who holds places
/// keeps nobody out. When all places are taken, connections of clients and scrapers without a
/// request in progress follow, those of the one with the most of them first.
struct AdminConnections {
    private struct Member {
        let connection: EventToken
        let address: IPAddress
        /// When it began, in milliseconds of the monotonic clock.
        let since: UInt64
        /// The number of connections before it.
        let order: UInt64
        /// Whose token its last request had; nil until one had a valid token.
        var holder: TokenHolder?
        /// Of its request in progress.
        var place: ControlPlace?
    }

    private let maximumUnauthenticated: Int
    private let maximumClients: Int
    private let personShare: Int
    private let programShare: Int
    private var unauthenticatedMilliseconds: UInt64

    /// By slot.
    private var members: [UInt32: Member] = [:]
    private var counts: [TokenHolder: Int] = [:]
    private var unauthenticated = 0
    private var clients = 0
    private var begun: UInt64 = 0
    /// Those that the loop is to close.
    private var displaced: [EventToken] = []

    init(_ limits: Limits) {
        maximumUnauthenticated = limits.unauthenticatedShare
        maximumClients = max(limits.adminConnections / 2, 1)
        personShare = max(limits.adminConnections / 2, 1)
        programShare = limits.tokenConnectionsShare
        unauthenticatedMilliseconds = UInt64(limits.unauthenticatedSeconds) * 1_000
    }

    mutating func change(to limits: Limits) {
        unauthenticatedMilliseconds = UInt64(limits.unauthenticatedSeconds) * 1_000
    }

    // MARK: Connections

    /// A connection has begun; it has shown no token yet.
    /// - Parameter now: milliseconds of the monotonic clock.
    mutating func begin(_ connection: EventToken, from address: IPAddress, at now: UInt64) {
        members[connection.place] = Member(
            connection: connection, address: address.subscriber, since: now, order: begun)
        begun += 1
        unauthenticated += 1
        if unauthenticated > maximumUnauthenticated {
            displace(oldestUnauthenticated(but: connection.place))
        }
    }

    /// A connection is closed.
    mutating func end(_ slot: UInt32) {
        guard let member = members.removeValue(forKey: slot) else { return }
        uncount(member.holder)
    }

    /// Whose token the connection's last request had; nil where none had a valid one yet.
    func holder(_ slot: UInt32) -> TokenHolder? { members[slot]?.holder }

    /// Whether no request of the connection had a valid token yet.
    func isUnauthenticated(_ slot: UInt32) -> Bool { members[slot]?.holder == nil }

    /// Whether a connection without a valid token has had its time: its next answer is the last.
    func isOverdue(_ slot: UInt32, at now: UInt64) -> Bool {
        guard let member = members[slot], member.holder == nil else { return false }
        return now >= member.since + unauthenticatedMilliseconds
    }

    /// Counts the connection as this holder's, or says why it is one too many.
    mutating func authenticate(_ slot: UInt32, as holder: TokenHolder) -> ControlRefusal? {
        guard let member = members[slot], member.holder != holder else { return nil }
        let share = holder.isPerson ? personShare : programShare
        guard counts[holder, default: 0] < share else { return .token }
        if holder.isClient, clients >= maximumClients, member.holder?.isClient != true {
            guard let victim = idleOfGreediest(but: slot, { $0.isClient }) else { return .clients }
            displace(victim)
        }
        uncount(member.holder)
        members[slot]?.holder = holder
        counts[holder, default: 0] += 1
        if holder.isClient { clients += 1 }
        return nil
    }

    private mutating func uncount(_ holder: TokenHolder?) {
        guard let holder else {
            unauthenticated -= 1
            return
        }
        let count = counts[holder, default: 0]
        counts[holder] = count > 1 ? count - 1 : nil
        if holder.isClient { clients -= 1 }
    }

    // MARK: Requests

    /// The connection has a request in progress, in this place.
    mutating func hold(_ place: ControlPlace, _ slot: UInt32) { members[slot]?.place = place }

    /// The place of the connection's request in progress, which the connection holds no longer.
    mutating func popPlace(_ slot: UInt32) -> ControlPlace? {
        guard let place = members[slot]?.place else { return nil }
        members[slot]?.place = nil
        return place
    }

    func hasPlace(_ slot: UInt32) -> Bool { members[slot]?.place != nil }

    // MARK: Displacement

    /// All places are taken, and one more connection waits: which one makes room for it; nil where
    /// each has a better right than a newcomer. O(connections).
    func next() -> EventToken? { oldestUnauthenticated() ?? idleOfGreediest { !$0.isPerson } }

    /// A connection that has lost its place: the loop closes it.
    mutating func popDisplaced() -> EventToken? { displaced.popLast() }

    private mutating func displace(_ connection: EventToken?) {
        if let connection { displaced.append(connection) }
    }

    private func oldestUnauthenticated(but newcomer: UInt32? = nil) -> EventToken? {
        greediest(but: newcomer) { $0.holder == nil ? $0.address : nil }
    }

    private func idleOfGreediest(
        but newcomer: UInt32? = nil, _ isMeant: (TokenHolder) -> Bool
    ) -> EventToken? {
        greediest(but: newcomer) { member -> TokenHolder? in
            guard let holder = member.holder, isMeant(holder), member.place == nil else {
                return nil
            }
            return holder
        }
    }

    /// Of the owner with the most connections the oldest one.
    /// - Parameter owner: nil where a connection keeps its place in any case.
    private func greediest<Owner: Hashable>(
        but newcomer: UInt32?, _ owner: (Member) -> Owner?
    ) -> EventToken? {
        var counts: [Owner: Int] = [:]
        for member in members.values {
            if let owner = owner(member) { counts[owner, default: 0] += 1 }
        }
        var first: (count: Int, order: UInt64, connection: EventToken)?
        for (slot, member) in members where slot != newcomer {
            guard let owner = owner(member), let count = counts[owner] else { continue }
            if let first, (count, first.order) <= (first.count, member.order) { continue }
            first = (count, member.order, member.connection)
        }
        return first?.connection
    }
}
