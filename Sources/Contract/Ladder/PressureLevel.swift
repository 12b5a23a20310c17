/// How hard the gateway is pushed.
package enum PressureLevel: Int, Codable, Sendable, CaseIterable, Comparable {
    case calm, strained, critical

    /// As the interface calls it.
    package var name: StaticString {
        switch self {
        case .calm: "calm"
        case .strained: "strained"
        case .critical: "critical"
        }
    }

    package static func < (left: PressureLevel, right: PressureLevel) -> Bool {
        left.rawValue < right.rawValue
    }
}
