internal import FuzzTargets
internal import Glibc

// libFuzzer owns `main`, and calls these two by their names.

/// The target that `PORTILLON_FUZZ_TARGET` names.
private let target: FuzzTarget = {
    let name = unsafe getenv("PORTILLON_FUZZ_TARGET").map { unsafe String(cString: $0) } ?? ""
    guard let target = FuzzTarget.named(name) else {
        print("PORTILLON_FUZZ_TARGET takes one of:")
        for target in FuzzTarget.all { print("\(target.name) \(target.maximumBytes)") }
        exit(2)
    }
    return target
}()

@_cdecl("LLVMFuzzerInitialize")
public func initialize(
    _ count: UnsafeMutablePointer<Int32>, _ arguments: UnsafeMutableRawPointer
) -> Int32 {
    _ = target
    return 0
}

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> Int32 {
    // Unsafe: libFuzzer lends so many bytes for the time of the call.
    let input = unsafe Array(UnsafeBufferPointer(start: start, count: count))
    do {
        try target.run(input)
    } catch {
        let text = "finding: \(target.name): \(error)\n"
        unsafe _ = write(STDERR_FILENO, text, text.utf8.count)
        // Ends as a trap does, so that libFuzzer keeps the input.
        abort()
    }
    return 0
}
