import Hummingbird
import NIOPosix

/// The constant answer of `peers/nginx.conf`, by Hummingbird, for every entry.
@main
struct HummingbirdPeer {
    static let answer = """
        {"verdict":"accepted","operation":"bench","entry":"0000000000001",\
        "participant_number":1,"at":"2026-11-20T12:00:00.000Z"}
        """

    static func main() async throws {
        guard CommandLine.arguments.count == 2, let port = Int(CommandLine.arguments[1]) else {
            throw UsageError()
        }
        let router = Router()
        router.post("/v1/operations/:operation/entries") { request, _ in
            // As nginx does with `return`: the body is read and thrown away.
            for try await _ in request.body {}
            return Response(
                status: .created, headers: [.contentType: "application/json"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: answer)))
        }
        let application = Application(
            router: router,
            configuration: .init(address: .hostname("127.0.0.1", port: port), backlog: 4096),
            // One loop: the peer has one core, like the others.
            eventLoopGroupProvider: .shared(MultiThreadedEventLoopGroup(numberOfThreads: 1)))
        try await application.runService()
    }
}

struct UsageError: Error, CustomStringConvertible {
    let description = "usage: hummingbird-peer PORT"
}
