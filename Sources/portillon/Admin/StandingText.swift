import Wire

/// An operation's traffic and the measures in force against it, as text. An operation that is open
/// within its cover gets no line, so that the one that causes the load stands out.
enum StandingText {
    /// One line for each operation that needs attention.
    static func lines(_ operations: [JSONValue]) -> String {
        operations.map { operation in
            let remarks = remarks(operation)
            let name = operation["operation"]?.text ?? ""
            return remarks.isEmpty ? "" : printable("\(name): \(remarks)") + "\n"
        }.joined()
    }

    /// Why an operation needs attention; empty if it does not.
    static func remarks(_ operation: JSONValue) -> String {
        [held(operation), advice(operation), traffic(operation)]
            .compactMap(\.self).joined(separator: "; ")
    }

    /// The measure in force: a suspension, or a pace.
    static func held(_ operation: JSONValue) -> String? {
        if let suspension = operation["suspension"], suspension != .null {
            return self.suspension(suspension, of: operation)
        }
        guard operation["state"]?.string == "smoothed" else { return nil }
        return pace(operation).map { "smoothed to " + $0 }
    }

    /// Where it stands, as ``DatedState/name`` has it, or the measure in force that this names; a
    /// suspension beside dates that go before it stands beside them.
    static func state(_ operation: JSONValue) -> String? {
        let state = operation["state"]?.string
        guard let held = held(operation) else { return state }
        let isNamed = ["suspended", "suspended_definitively", "smoothed"].contains(state)
        return isNamed ? held : [state, held].compactMap(\.self).joined(separator: "; ")
    }

    /// - Parameter operation: nil for a client's.
    static func suspension(_ suspension: JSONValue, of operation: JSONValue? = nil) -> String {
        let isForGood = suspension["definitive"]?.bool == true
        let author = suspension["automatic"]?.bool == true ? "the gateway" : "a person"
        let isOfClient = operation != nil && suspension["of"]?.string == "client"
        let client = isOfClient ? "with its client " : ""
        var text = "suspended \(client)\(isForGood ? "for good " : "")by \(author)"
        if let until = suspension["until"]?.string { text += " until \(until)" }
        return text + ", ground \(suspension["ground"]?.text ?? "unknown")"
    }

    /// A pace that is set but not visible in the state, for example during a suspension.
    static func paceBeside(_ operation: JSONValue) -> String? {
        operation["state"]?.string == "smoothed" ? nil : pace(operation)
    }

    private static func pace(_ operation: JSONValue) -> String? {
        guard let pace = operation["pace_per_second"], pace != .null else { return nil }
        let waiting = OperationText.count(operation["waiting"])
        return "\(OperationText.count(pace)) a second"
            + (waiting.isEmpty || waiting == "0" ? "" : ", \(waiting) waiting")
    }

    /// What the ladder would do if the operation's policy were to enforce.
    static func advice(_ operation: JSONValue) -> String? {
        switch operation["advice"]?.string {
        case nil: nil
        case "smooth"?: "would be smoothed if its policy were enforce"
        case "suspend"?: "would be suspended if its policy were enforce"
        case let other?: "advice: \(other)"
        }
    }

    /// Which notices it lacks, or that it will be beyond its cover within a day.
    private static func traffic(_ operation: JSONValue) -> String? {
        if let missing = missing(operation) { return missing }
        if let crossed = operation["crossed_at"]?.string {
            return "beyond its cover since \(crossed)"
        }
        return isSoon(operation)
            ? forecast(operation).map { "expected to cross its cover " + $0 } : nil
    }

    /// The notices that it lacks, with their numbers; nil if it lacks none.
    static func missing(_ operation: JSONValue) -> String? {
        let notices = (operation["missing_notices"]?.elements ?? []).map { notice in
            let since = "since \(notice["since"]?.text ?? "")"
            let count = OperationText.count(notice["count"])
            let allowed = OperationText.count(notice["allowed"])
            let window = "within \(OperationText.count(notice["window_seconds"])) s"
            return switch notice["notice"]?.string {
            case "cover"?: "beyond its cover \(since)"
            case "client"?:
                "its client's operations together had \(count) participants, \(allowed) are free, "
                    + since
            case "campaign"?:
                "undeclared campaign \(notice["source"]?.text ?? "") \(since), \(count) entries "
                    + window
            case "rise"?:
                "unannounced rise \(since), \(count) entries \(window), \(allowed) are free"
            case let other: "lacks the notice \(other ?? "")"
            }
        }
        return notices.isEmpty ? nil : notices.joined(separator: "; ")
    }

    /// Which notices it lacks, in one word each: `cover`, `client`, `campaign`, `rise`.
    static func lacking(_ operation: JSONValue) -> String {
        var names: [String] = []
        for notice in operation["missing_notices"]?.elements ?? [] {
            let name = notice["notice"]?.text ?? ""
            if !names.contains(name) { names.append(name) }
        }
        return names.joined(separator: " ")
    }

    /// When the cover will be crossed at the current rate.
    static func forecast(_ operation: JSONValue) -> String? {
        guard let forecast = operation["forecast"], let crossing = forecast["crossing"]?.string,
            let rate = forecast["participants_per_second"]?.number
        else { return nil }
        var text = "about \(crossing)"
        if let earliest = forecast["earliest"]?.string, let latest = forecast["latest"]?.string {
            text += " (\(earliest) to \(latest))"
        }
        return text + " at \(StatusText.tenths(rate)) participants a second"
    }

    /// Computed from the answer's own numbers: this machine's clock may differ.
    private static func isSoon(_ operation: JSONValue) -> Bool {
        guard let cover = operation["cover"]?.number,
            let participants = operation["participants"]?.number,
            let rate = operation["forecast"]?["participants_per_second"]?.number, rate > 0
        else { return false }
        return (cover - participants) / rate < 86_400
    }

    /// Participants as a share of the cover; nil where one of them is not known.
    static func share(_ operation: JSONValue) -> Double? {
        guard let cover = operation["cover"]?.number, cover > 0,
            let participants = operation["participants"]?.number
        else { return nil }
        return participants / cover
    }

    /// The same in percent, for a table.
    static func used(_ operation: JSONValue) -> String {
        guard let share = share(operation) else { return "" }
        // Rounded down: 100 % appears only once the cover is reached.
        let percent = min((share * 100).rounded(.down), 1e15)
        return percentage(Int(percent))
    }
}
