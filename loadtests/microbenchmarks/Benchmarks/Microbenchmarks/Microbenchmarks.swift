/// All benchmarks, in the order of the data path.
///
/// The library's generated `main` calls this by its name and assigns the result to `_`; so there is
/// one, their names.
func benchmarks() -> [String] {
    let groups = [
        parsers, robotRules, cryptography, rings, participants, ledger, journal, answers, counters,
        board, exposition, behaviour, permits, entryPath,
    ]
    return groups.flatMap { $0() }
}
