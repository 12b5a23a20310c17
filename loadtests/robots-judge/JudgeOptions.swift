import RobotsCrowd

/// What is asked for on the command line.
struct JudgeOptions {
    static let usage = """
        Usage: portillon-robots-judge [--seed N] [--seeds COUNT] [--attackers COUNT]
                                      [--people COUNT] [--why] [--crowd NAME]
               portillon-robots-judge --bounds [--seed N] [--attackers COUNT] [--crowd NAME]
               portillon-robots-judge --cost

        Prints, for simulated people, how many would be challenged and refused by rhythm and cohort
        alone; for simulated attackers, how many are caught and within how many entries. The same
        seeds print the same figures. Crowds: first (the default), second (nothing was tuned to
        it), customers, phones, application, one-head, all.
        `--bounds` prints for the most careful attackers what other bounds would do to them and to
        people; `--cost` the time that noting an entry takes.
        """

    private(set) var seeds: [UInt64] = [1]
    private(set) var attackers = 20
    private(set) var crowds: [CrowdParameters] = [.first]
    /// Sizes of the crowds around attackers.
    private(set) var backgrounds = [0, 10_000]
    private(set) var isExplaining = false
    private(set) var subject = Subject.trials

    enum Subject {
        case trials, bounds, cost
    }

    /// `nil` if the arguments make no sense.
    init?(_ arguments: ArraySlice<String>) {
        var first: UInt64 = 1
        var count: UInt64 = 1
        var rest = arguments
        while let option = rest.popFirst() {
            if takeFlag(option) { continue }
            guard let value = rest.popFirst() else { return nil }
            switch (option, UInt64(value)) {
            case ("--seed", let number?): first = number
            case ("--seeds", let number?) where number > 0: count = number
            case ("--attackers", let number?) where number < 10_000: attackers = Int(number)
            case ("--people", let number?) where number <= 1_000_000: backgrounds = [Int(number)]
            case ("--crowd", nil):
                guard let chosen = Self.crowds(named: value) else { return nil }
                crowds = chosen
            default: return nil
            }
        }
        seeds = Array(first..<(first + count))
    }

    private mutating func takeFlag(_ option: String) -> Bool {
        switch option {
        case "--why": isExplaining = true
        case "--bounds": subject = .bounds
        case "--cost": subject = .cost
        default: return false
        }
        return true
    }

    private static func crowds(named name: String) -> [CrowdParameters]? {
        if name == "all" { return CrowdParameters.all }
        let chosen = CrowdParameters.all.filter { $0.name == name }
        return chosen.isEmpty ? nil : chosen
    }
}
