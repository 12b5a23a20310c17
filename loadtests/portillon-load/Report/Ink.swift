/// Colours of a terminal, if they are wanted.
struct Ink {
    let isOn: Bool

    func outcome(_ text: String, _ outcome: RunReport.Outcome) -> String {
        switch outcome {
        case .passed: coloured(text, "1;32")
        case .failed: coloured(text, "1;31")
        case .undecided, .notJudged: coloured(text, "1")
        }
    }

    func bad(_ text: String) -> String { coloured(text, "31") }

    func warning(_ text: String) -> String { coloured(text, "1;33") }

    /// ECMA-48, "select graphic rendition", and back.
    private func coloured(_ text: String, _ rendition: String) -> String {
        isOn ? "\u{1B}[\(rendition)m\(text)\u{1B}[0m" : text
    }
}
