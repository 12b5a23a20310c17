import Dispatch
import Glibc

/// SIGINT and SIGTERM, where they are how a command ends that otherwise has no end.
enum EndingSignals {
    /// Ends the process with status 0 at one of them, for as long as the sources live.
    /// - Parameter restore: puts back what was changed of the terminal.
    static func exitOnAny(
        restoring restore: @escaping @Sendable () -> Void = {}
    ) -> [any DispatchSourceSignal] {
        [SIGINT, SIGTERM].map { number -> any DispatchSourceSignal in
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                restore()
                if Output.standard.isTerminal { Output.standard.writeLast("\n") }
                _exit(0)
            }
            source.resume()
            return source
        }
    }
}
