import Bytes
import DequeModule
import Glibc
import Sockets

/// Connections: made, settled, closed.
extension Engine {
    /// Opens what streams keep open, and waits until all are made, or 10 s have gone by.
    mutating func openConnections() {
        let deadline = MonotonicClock.nanoseconds + 10_000_000_000
        while MonotonicClock.nanoseconds < deadline {
            var isDone = true
            for index in streams.indices
            where streams[index].plan.clients.requestsPerConnection == 0 {
                while streams[index].connections < streams[index].plan.connections,
                    streams[index].connecting < Self.connectingAtOnce, connect(index)
                {}
                let isWhole = streams[index].connections == streams[index].plan.connections
                if !isWhole || streams[index].connecting > 0 { isDone = false }
            }
            if isDone || exhausted != nil { return }
            let count = poller.wait(timeoutNanoseconds: 10_000_000)
            var isRefused = false
            for index in 0..<count {
                let event = poller.event(index)
                guard table.isCurrent(event.token) else { continue }
                let before = table.count
                settle(event.token)
                isRefused = isRefused || table.count < before
            }
            // Nobody listens: the requests to come will say so, each by itself.
            if isRefused { return }
        }
    }

    /// Begins connections for those who wait for one, as far as the stream may have more.
    mutating func connectForBacklog(_ stream: Int) {
        while streams[stream].connecting < streams[stream].backlog.count,
            streams[stream].connecting < Self.connectingAtOnce,
            streams[stream].connections < streams[stream].plan.connections
        {
            if connect(stream) { continue }
            // Nothing is under way whose outcome would be theirs: it is this one's failure.
            guard streams[stream].connections == 0,
                let attempt = streams[stream].backlog.popFirst()
            else { return }
            note(.connect, attempt, stream)
        }
    }

    /// Begins a connection of a stream.
    /// - Returns: whether it was begun.
    private mutating func connect(_ stream: Int) -> Bool {
        do {
            let descriptor = try Connector.begin(to: target, from: source(stream))
            guard let token = table.open(descriptor, peer: target) else {
                _ = Glibc.close(descriptor)
                return false
            }
            try watch(token, descriptor)
            // Where the kernel cannot, answers count as come when they are read, and the report
            // says so.
            _ = table[token.place].stampArrivals()
            slots[Int(token.place)] = ConnectionSlot(stream: stream, state: .connecting)
            streams[stream].connections += 1
            streams[stream].connecting += 1
            return true
        } catch {
            exhausted = error
            return false
        }
    }

    private mutating func watch(
        _ token: EventToken, _ descriptor: Int32
    ) throws(SystemError) {
        do throws(SystemError) {
            try poller.add(descriptor, token: token)
        } catch {
            table.close(token.place)
            throw error
        }
    }

    /// The address that a stream's next connection comes from: 127.1.0.1 and on, in turn, so that
    /// limits by address are not in the way.
    private mutating func source(_ stream: Int) -> SocketAddress? {
        let addresses = streams[stream].plan.addresses
        guard addresses > 0 else { return nil }
        let number = connectionsBegun % addresses
        connectionsBegun += 1
        return SocketAddress("127.1.\(number / 250).\(number % 250 + 1):0")
    }

    /// A connection that was begun is made, or it is not.
    mutating func settle(_ token: EventToken) {
        let place = token.place
        let stream = slots[Int(place)].stream
        guard slots[Int(place)].state == .connecting else { return }
        streams[stream].connecting -= 1
        slots[Int(place)].state = .idle
        if Connector.outcome(of: table[place].descriptor, to: target) == nil {
            use(place, MonotonicClock.nanoseconds)
            return
        }
        table.close(place)
        streams[stream].connections -= 1
        // One connection was begun for one that waits: it is this one's failure.
        if let attempt = streams[stream].backlog.popFirst() {
            note(.connect, attempt, stream)
        }
        connectForBacklog(stream)
    }

    /// Gives a connection that is free to whoever waits for one.
    mutating func use(_ place: UInt32, _ now: UInt64) {
        let stream = slots[Int(place)].stream
        if let attempt = streams[stream].backlog.popFirst() {
            send(attempt, place, now)
        } else {
            streams[stream].ready.append(table.token(of: place))
        }
    }

    /// Closes a connection, whatever it is doing.
    mutating func close(_ place: UInt32) {
        let stream = slots[Int(place)].stream
        timeouts.disarm(place)
        unsent[place] = nil
        partial[place] = nil
        table.close(place)
        streams[stream].connections -= 1
    }
}
