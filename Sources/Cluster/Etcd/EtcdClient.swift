internal import Bytes
internal import Sockets

/// One member of etcd, asked over one connection (API v3, `rpc.proto`). A failure but the server's
/// own refusal ends the connection; the next call makes another.
package struct EtcdClient: ~Copyable {
    private let endpoint: EtcdEndpoint
    private let trust: EtcdTrust
    private let names: EtcdAddresses
    private var connection: GRPCConnection?

    /// - Parameter names: where a process has several ways to etcd: what they know of names.
    /// - Precondition: an `https` endpoint comes with a trust.
    package init(
        _ endpoint: EtcdEndpoint, _ trust: EtcdTrust, names: EtcdAddresses = EtcdAddresses()
    ) {
        precondition(!endpoint.isSecure || trust.context != nil, "https takes a trust")
        self.endpoint = endpoint
        self.names = names
        self.trust = trust
        connection = nil
    }

    // MARK: Calls

    package mutating func status(_ wait: borrowing Waiting) throws(GRPCError) -> EtcdStatus {
        let answer = try call(
            "/etcdserverpb.Maintenance/Status", [], EtcdLimits.smallAnswerBytes, wait)
        return try Self.parse(answer) { bytes throws(ProtobufError) in try EtcdStatus(bytes) }
    }

    package mutating func members(_ wait: borrowing Waiting) throws(GRPCError) -> [EtcdMember] {
        let answer = try call(
            "/etcdserverpb.Cluster/MemberList", [], EtcdLimits.smallAnswerBytes, wait)
        return try Self.parse(answer) { bytes throws(ProtobufError) in
            try EtcdMember.list(bytes)
        }
    }

    /// - Parameter request: the bytes of a `TxnRequest`.
    /// - Returns: what the transaction did, and the bytes that its ranges are of.
    mutating func transaction(
        _ request: RawSpan, maximumBytes: Int, _ wait: borrowing Waiting
    ) throws(GRPCError) -> EtcdTransactionResult {
        let answer = try call("/etcdserverpb.KV/Txn", request, maximumBytes, wait)
        let parsed = try Self.parse(answer) { bytes throws(ProtobufError) in
            try EtcdTransactionAnswer(bytes)
        }
        return EtcdTransactionResult(parsed, answer)
    }

    /// Forgets what was before a revision.
    /// - Parameter waits: until this member has removed it from its store.
    mutating func compact(
        revision: Int64, waits: Bool = false, _ wait: borrowing Waiting
    ) throws(GRPCError) {
        precondition(revision > 0, "compacts to a revision that exists")
        var request = ByteBuffer(capacity: 16)
        request.appendField(1, varint: UInt64(revision))
        if waits { request.appendField(2, varint: 1) }
        _ = try call("/etcdserverpb.KV/Compact", request.bytes, EtcdLimits.smallAnswerBytes, wait)
    }

    // MARK: How

    private mutating func call(
        _ path: String, _ request: [UInt8], _ maximumBytes: Int, _ wait: borrowing Waiting
    ) throws(GRPCError) -> ByteBuffer {
        unsafe try call(path, request.span.bytes, maximumBytes, wait)
    }

    private mutating func call(
        _ path: String, _ request: RawSpan, _ maximumBytes: Int, _ wait: borrowing Waiting
    ) throws(GRPCError) -> ByteBuffer {
        var connection: GRPCConnection
        if let kept = self.connection.take() {
            connection = kept
        } else {
            connection = try GRPCConnection(
                endpoint, endpoint.isSecure ? trust.context : nil, names, wait)
        }
        do throws(GRPCError) {
            let answer = try connection.call(path, request, maximumBytes: maximumBytes, wait)
            self.connection = consume connection
            return answer
        } catch {
            if case .status = error { self.connection = consume connection }
            throw error
        }
    }

    private static func parse<Message>(
        _ answer: borrowing ByteBuffer, _ body: (RawSpan) throws(ProtobufError) -> Message
    ) throws(GRPCError) -> Message {
        do throws(ProtobufError) {
            return try body(answer.bytes)
        } catch {
            throw .malformed(error.rawValue)
        }
    }
}
