import Bytes
import Foundation

extension AdministrativeCommand {
    /// The command as JSON with sorted keys: the same command always gives the same bytes.
    package func json() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return [UInt8](try encoder.encode(self))
    }

    /// - Throws: what `JSONDecoder` throws, for bytes that are not a command.
    package init(json: RawSpan) throws {
        self = try JSONDecoder().decode(AdministrativeCommand.self, from: Data(json.array))
    }
}
