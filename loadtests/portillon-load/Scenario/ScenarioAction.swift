/// Something done to the gateway on purpose; only a gateway that the runner started can be.
struct ScenarioAction: Sendable, Equatable {
    var atSeconds: Double
    var kind: Kind

    enum Kind: Sendable, Equatable {
        /// End by SIGKILL, or by SIGTERM, and start again at once.
        case restart(gracefully: Bool)
        /// Stop the process, and let it go on after so many seconds.
        case stall(seconds: Double)
    }

    var label: String {
        switch kind {
        case .restart(let gracefully): gracefully ? "restart (TERM)" : "restart (KILL)"
        case .stall(let seconds): "stall for \(seconds) s"
        }
    }
}
