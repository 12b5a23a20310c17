import Contract
import Wire

/// The file of `--curve`: a client's own figures on how recipients answer.
struct CurveFile {
    let figures: ChannelResponse

    /// - Throws: ``CommandFailure`` 78 that names the path and the error.
    init(path: String) throws(CommandFailure) {
        try self.init(ConfigurationFile(path: path))
    }

    init(_ file: ConfigurationFile) throws(CommandFailure) {
        var response: UInt32?
        var points: [ResponseCurve.Point]?
        for (key, value) in file.values {
            switch key {
            case "response_permille": response = try Self.number(value, key, in: file)
            case "points": points = try Self.points(value, in: file)
            default:
                throw Self.wrong(
                    file,
                    "\(printable(key)): unknown member; known are response_permille and points"
                )
            }
        }
        guard let response else { throw Self.wrong(file, "response_permille is missing") }
        guard let points else { throw Self.wrong(file, "points is missing") }
        do throws(ResponseCurveError) {
            figures = ChannelResponse(
                curve: try ResponseCurve(responsePermille: response, points: points),
                timing: .given(in: file.path), rate: .given(in: file.path))
        } catch {
            throw Self.wrong(file, Self.reason(error))
        }
    }

    private static func points(
        _ value: JSONValue, in file: ConfigurationFile
    ) throws(CommandFailure) -> [ResponseCurve.Point] {
        guard case .array(let elements) = value else {
            throw wrong(file, "points: must be an array, not \(ConfigurationFile.source(value))")
        }
        var points: [ResponseCurve.Point] = []
        for (index, element) in elements.enumerated() {
            points.append(try point(element, "points[\(index)]", in: file))
        }
        return points
    }

    private static func point(
        _ value: JSONValue, _ place: String, in file: ConfigurationFile
    ) throws(CommandFailure) -> ResponseCurve.Point {
        guard case .object(let members) = value,
            members.count == 2, let permille = members["permille"],
            let time = members["minutes"] ?? members["seconds"]
        else {
            throw wrong(
                file, "\(place): must be {\"minutes\": n, \"permille\": n}, or with \"seconds\"")
        }
        let isMinutes = members["minutes"] != nil
        let name = "\(place).\(isMinutes ? "minutes" : "seconds")"
        let given = try number(time, name, in: file)
        let (seconds, overflow) = given.multipliedReportingOverflow(by: isMinutes ? 60 : 1)
        return ResponseCurve.Point(
            // An overflow is too late in any case; the check below names the point.
            seconds: overflow ? .max : seconds,
            permille: try number(permille, "\(place).permille", in: file))
    }

    private static func number(
        _ value: JSONValue, _ name: String, in file: ConfigurationFile
    ) throws(CommandFailure) -> UInt32 {
        if case .integer(let number) = value, let exact = UInt32(exactly: number) { return exact }
        throw wrong(
            file,
            "\(name): must be a whole number from 0 on, not \(ConfigurationFile.source(value))")
    }

    private static func reason(_ error: ResponseCurveError) -> String {
        switch error {
        case .responseOutOfRange: "response_permille: must be from 1 to 1000"
        case .tooManyPoints: "points: must be at most \(ResponseCurve.maximumPoints)"
        case .instant(let index):
            "points[\(index)]: is at 0 minutes; only a first point with 0 permille can be"
        case .notLater(let index): "points[\(index)]: must be later than the one before"
        case .tooLate(let index):
            "points[\(index)]: must be within \(ResponseCurve.maximumSeconds / 86_400) days"
        case .falls(let index): "points[\(index)].permille: must not be less than in the one before"
        case .moreThanAll(let index): "points[\(index)].permille: must be at most 1000"
        case .incomplete(let permille):
            "points: the last one must have 1000 permille (all who answer), not \(permille)"
        }
    }

    private static func wrong(_ file: ConfigurationFile, _ text: String) -> CommandFailure {
        CommandFailure(.configuration, "\(file.path): \(text)")
    }
}

extension ChannelResponse.Basis {
    fileprivate static func given(in path: String) -> ChannelResponse.Basis {
        ChannelResponse.Basis(source: path, remark: "Your own figures.")
    }
}
