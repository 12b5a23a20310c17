package import Bytes
internal import Time

/// What nodes tell each other ten times a second, over a link between a follower and its leader.
///
/// Little-endian: the magic number, the version and the frame's length, then the fields in their
/// order; a name and a member have their lengths before them. What a later build appends, to a
/// member or to the frame, an earlier one passes over: so nodes of two builds understand each other
/// while one after the other is upgraded.
package struct LinkFrame: Equatable, Sendable {
    package let node: String
    /// The term in which the sender owns the log; 0 for none.
    package let office: UInt64
    /// The number of the record that the sender's journal gets next.
    package let position: UInt64
    /// The number behind the last record that is on stable storage there.
    package let durable: UInt64
    /// Its wall clock: milliseconds since 1970.
    package let clock: Int64
    /// The format level that its build knows.
    package let level: UInt16
    /// The node that is to take over from the sender, at once; nil for none.
    package let successor: String?
    /// All nodes that it knows of.
    package let members: [ClusterMember]
    /// For how long it has not proved that it owns the log; nil where it owns none, has proved
    /// nothing yet, or is of a build that does not say it.
    package let unprovenMilliseconds: UInt32?

    /// Nodes that a cluster has, at most.
    package static var maximumMembers: Int { 16 }
    /// Bytes of the longest frame.
    static var maximumBytes: Int { 4_096 }
    private static var magic: UInt32 { 0x4B4C_5450 }
    private static var version: UInt16 { 3 }
    private static var headBytes: Int { 8 }
    /// Bytes of a name, or of an address.
    private static var nameBytes: Int { 64 }

    package init(
        node: String, office: UInt64, position: UInt64, durable: UInt64, clock: Int64,
        level: UInt16, successor: String? = nil, members: [ClusterMember],
        unprovenMilliseconds: UInt32? = nil
    ) {
        self.node = node
        self.office = office
        self.position = position
        self.durable = durable
        self.clock = clock
        self.level = level
        self.successor = successor
        self.members = Array(members.prefix(Self.maximumMembers))
        self.unprovenMilliseconds = unprovenMilliseconds
    }

    package func append(to buffer: inout ByteBuffer) {
        let start = buffer.count
        buffer.append(littleEndian: Self.magic)
        buffer.append(littleEndian: Self.version)
        buffer.append(littleEndian: UInt16(0))
        buffer.append(littleEndian: office)
        buffer.append(littleEndian: position)
        buffer.append(littleEndian: durable)
        buffer.append(littleEndian: clock)
        buffer.append(littleEndian: level)
        Self.append(node, to: &buffer)
        Self.append(successor ?? "", to: &buffer)
        buffer.append(UInt8(members.count))
        for member in members { Self.append(member, to: &buffer) }
        if let unprovenMilliseconds { buffer.append(littleEndian: unprovenMilliseconds) }
        buffer.overwrite(littleEndian: UInt16(buffer.count - start), at: start + 6)
    }

    private static func append(_ member: ClusterMember, to buffer: inout ByteBuffer) {
        var fields = ByteBuffer(capacity: 192)
        fields.append(littleEndian: member.position)
        fields.append(littleEndian: member.durable)
        fields.append(littleEndian: member.clockOffset)
        fields.append(littleEndian: member.silentMilliseconds)
        fields.append(littleEndian: member.level)
        append(member.node, to: &fields)
        append(member.address, to: &fields)
        buffer.append(UInt8(fields.count))
        buffer.append(fields.bytes)
    }

    private static func append(_ name: String, to buffer: inout ByteBuffer) {
        let bytes = Array(name.utf8.prefix(nameBytes))
        buffer.append(UInt8(bytes.count))
        bytes.withBytes { buffer.append($0) }
    }

    /// Why bytes are no frame.
    package enum Fault: Error { case malformed }

    /// Reads the frame that a buffer begins with.
    /// - Returns: the frame and its bytes; nil where it is not all there yet.
    package static func first(in bytes: RawSpan) throws(Fault) -> (LinkFrame, byteCount: Int)? {
        guard bytes.byteCount >= headBytes else { return nil }
        do {
            var head = ByteReader(bytes)
            let (magic, version) = (try head.read(UInt32.self), try head.read(UInt16.self))
            let length = Int(try head.read(UInt16.self))
            guard magic == self.magic, version == self.version, length > headBytes,
                length <= maximumBytes
            else { throw Fault.malformed }
            guard bytes.byteCount >= length else { return nil }
            var reader = ByteReader(bytes.extracting(headBytes..<length))
            let (office, position) = (try reader.read(UInt64.self), try reader.read(UInt64.self))
            let durable = try reader.read(UInt64.self)
            let clock = try reader.read(Int64.self)
            let level = try reader.read(UInt16.self)
            let nameLength = Int(try reader.read(UInt8.self))
            let node = try name(try reader.read(length: nameLength))
            let successorLength = Int(try reader.read(UInt8.self))
            let successor =
                successorLength > 0 ? try name(try reader.read(length: successorLength)) : nil
            let count = try reader.read(UInt8.self)
            guard Int(count) <= maximumMembers else { throw Fault.malformed }
            var members: [ClusterMember] = []
            for _ in 0..<count {
                let length = Int(try reader.read(UInt8.self))
                members.append(try member(try reader.read(length: length)))
            }
            // An earlier build does not say it.
            let unproven = reader.remaining >= 4 ? try reader.read(UInt32.self) : nil
            let frame = LinkFrame(
                node: node, office: office, position: position, durable: durable, clock: clock,
                level: level, successor: successor, members: members,
                unprovenMilliseconds: unproven)
            return (frame, length)
        } catch {
            throw .malformed
        }
    }

    private static func member(_ bytes: RawSpan) throws -> ClusterMember {
        var reader = ByteReader(bytes)
        let (position, durable) = (try reader.read(UInt64.self), try reader.read(UInt64.self))
        let offset = try reader.read(Int64.self)
        let silence = try reader.read(UInt32.self)
        let level = try reader.read(UInt16.self)
        let length = Int(try reader.read(UInt8.self))
        let node = try name(try reader.read(length: length))
        var address = ""
        // An earlier build says none.
        if reader.remaining > 0 {
            let length = Int(try reader.read(UInt8.self))
            address = try self.address(try reader.read(length: length))
        }
        return ClusterMember(
            node: node, position: position, durable: durable, clockOffset: offset,
            silentMilliseconds: silence, level: level, address: address)
    }

    static func name(_ bytes: RawSpan) throws(Fault) -> String {
        let text = bytes.text
        guard LogOwner(node: text, term: 1, address: "-") != nil else { throw .malformed }
        return text
    }

    private static func address(_ bytes: RawSpan) throws(Fault) -> String {
        let text = bytes.text
        guard text.utf8.count <= nameBytes, LogOwner(node: "-", term: 1, address: text) != nil
        else { throw .malformed }
        return text
    }
}

extension ClusterStatus {
    /// What another node tells, where this one leads.
    /// - Parameter clock: this node's wall clock, milliseconds since 1970.
    func hear(_ frame: LinkFrame, clock: Int64) {
        guard office > 0, frame.node != node else { return }
        let address = frame.members.first { $0.node == frame.node }?.address
        note(
            ClusterMember(
                node: frame.node, position: frame.position, durable: frame.durable,
                clockOffset: frame.clock.subtractingSaturating(clock), level: frame.level,
                address: address ?? ""))
    }

    /// What this node tells now.
    /// - Parameter clock: its wall clock, milliseconds since 1970.
    package func frame(clock: Int64) -> LinkFrame {
        LinkFrame(
            node: node, office: office, position: position, durable: durable, clock: clock,
            level: level, successor: office > 0 ? succession.successor : nil, members: members,
            unprovenMilliseconds: unprovenMilliseconds(at: self.clock.elapsedNanoseconds()))
    }
}
