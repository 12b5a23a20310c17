import Robots

extension Setting {
    /// The file of the rules for what gives a robot away; without one, those that the gateway
    /// brings along.
    static var ruleset: Setting {
        Setting(key: SettingFamily.policy.key("robots"), kind: .paths, defaultValue: "")
    }
}

extension Configuration {
    /// The rules for what gives a robot away, read and checked.
    /// - Throws: ``CommandFailure`` 78 for several files, one that cannot be read, or one with a
    ///   fault: where it is in the file, and what it must be.
    func ruleset() throws(CommandFailure) -> Ruleset {
        let key = Setting.ruleset.key
        let files = Setting.paths(text(key))
        guard files.count <= 1 else {
            throw CommandFailure(.configuration, "\(key) must be one file")
        }
        guard let file = files.first else { return .shipped }
        do throws(CommandFailure) {
            return try Ruleset(path: file)
        } catch {
            throw CommandFailure(.configuration, error.lines.map { "\(key): \($0)" })
        }
    }
}
