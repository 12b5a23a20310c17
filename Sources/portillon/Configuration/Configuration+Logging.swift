import Logging

extension Configuration {
    /// Tells every setting, where the log's level is `debug`.
    func log(to logger: Logger) {
        guard logger.logLevel <= .debug else { return }
        for entry in entries {
            logger.debug(
                "setting",
                metadata: [
                    "setting": "\(entry.setting.key)", "value": entry.setting.logged(entry.value),
                    "from": "\(entry.origin.text)",
                ])
        }
    }
}

extension Setting {
    /// A value as a line of the log has it: whole numbers as numbers.
    func logged(_ value: String) -> Logger.MetadataValue {
        if case .wholeNumber = kind, let number = Int(value) { return .stringConvertible(number) }
        return .string(value)
    }
}
