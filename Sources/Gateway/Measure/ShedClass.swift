/// What `portillon_shed_total` counts of connections: those that found no room before they had a
/// request. Entries and requests are counted by ``Shedding`` and ``MissingRoom``.
///
/// Every reason for which a connection is refused, ended or not secured is of one class or of none,
/// and a new one does not compile before that is said.
enum ShedClass: Int, CaseIterable {
    case connection, requestMemory, handshake

    /// As metrics name it.
    var label: StaticString {
        switch self {
        case .connection: "connection"
        case .requestMemory: "request_memory"
        case .handshake: "handshake"
        }
    }
}

extension ConnectionRefusal {
    /// Nil where it is no lack of room.
    var shedClass: ShedClass? {
        switch self {
        case .connections, .address, .descriptors: .connection
        }
    }
}

extension ConnectionLimit {
    /// Nil where it is no lack of room: the peer had its time, or more than its part.
    var shedClass: ShedClass? {
        switch self {
        case .memory: .requestMemory
        case .displaced: .connection
        case .idle, .write, .linger, .requests, .handshakes, .streamSilent, .streamBacklog,
            .streamFailed, .unauthenticated:
            nil
        }
    }
}

extension HandshakeResult {
    /// Nil where it was made, or failed for what the peer is or sent.
    var shedClass: ShedClass? {
        switch self {
        case .refused, .noRoom: .handshake
        case .full12, .full13, .resumed12, .resumed13, .failed, .tooLong, .timedOut, .plain: nil
        }
    }
}

extension Instruments {
    /// Connections that found no room, since the process started.
    func shed(_ shed: ShedClass) -> UInt64 {
        ListenerKind.allCases.reduce(0) { total, kind in
            var sum = total
            for refusal in ConnectionRefusal.allCases where refusal.shedClass == shed {
                sum += refusedConnections(refusal, kind)
            }
            for limit in ConnectionLimit.allCases where limit.shedClass == shed {
                sum += ended(by: limit, kind)
            }
            for result in HandshakeResult.allCases where result.shedClass == shed {
                sum += handshakes(result, kind)
            }
            return sum
        }
    }
}
