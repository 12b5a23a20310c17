import RobotsCrowd

/// What is asked for on the command line.
struct JudgeOptions {
    static let usage = """
        Usage: portillon-robots-judge [--seed N] [--seeds COUNT] [--attackers COUNT]
                                      [--crowd first|second|customers|phones|all]
                                      [--people COUNT] [--why]

        Prints, for simulated people, how many would be challenged and refused by rhythm and cohort
        alone; for simulated attackers, how many are caught and within how many entries. The same
        seeds print the same figures. `--crowd second` is the set that nothing was tuned to.
        """

    private(set) var seeds: [UInt64] = [1]
    private(set) var attackers = 20
    private(set) var crowds: [CrowdParameters] = [.first]
    /// Sizes of the crowds around attackers.
    private(set) var backgrounds = [0, 10_000]
    private(set) var isExplaining = false

    /// `nil` if the arguments make no sense.
    init?(_ arguments: ArraySlice<String>) {
        var first: UInt64 = 1
        var count: UInt64 = 1
        var rest = arguments
        while let option = rest.popFirst() {
            if option == "--why" {
                isExplaining = true
                continue
            }
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

    private static func crowds(named name: String) -> [CrowdParameters]? {
        let all: [CrowdParameters] = [.first, .second, .customers, .phones]
        if name == "all" { return all }
        let chosen = all.filter { $0.name == name }
        return chosen.isEmpty ? nil : chosen
    }
}
