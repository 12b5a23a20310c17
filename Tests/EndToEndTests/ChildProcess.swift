import Glibc
import TestSupport

/// A process that a test started, its output in files. It is killed when its owner lets go of it.
final class ChildProcess {
    /// How a process ended.
    enum Ending: Equatable {
        /// It exited with this status.
        case exit(Int32)
        /// A signal ended it.
        case signal(Int32)
    }

    let identifier: pid_t
    private var ending: Ending?

    /// - Parameters:
    ///   - command: the executable's path, then its arguments.
    ///   - environment: the whole of it.
    ///   - output: the file that standard output is appended to.
    ///   - errors: the same for standard error.
    ///   - passing: descriptors that it gets as 3, 4 and so on; all are above those.
    init(
        _ command: [String], environment: [String: String], output: String, errors: String,
        passing: [Int32] = []
    ) throws(SystemFailure) {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        let append = O_WRONLY | O_CREAT | O_APPEND
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_addopen(&actions, 1, output, append, 0o600)
        unsafe posix_spawn_file_actions_addopen(&actions, 2, errors, append, 0o600)

        for (number, descriptor) in passing.enumerated() {
            unsafe posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(3 + number))
        }

        // The threads that run tests block signals, and a child would inherit that: it gets the
        // signals that a shell would give it.
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        var all = sigset_t()
        unsafe sigemptyset(&none)
        unsafe sigfillset(&all)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setsigdefault(&attributes, &all)
        let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        unsafe posix_spawnattr_setflags(&attributes, Int16(flags))

        let variables = environment.map { "\($0.key)=\($0.value)" }
        var arguments = unsafe command.map { unsafe strdup($0) } + [nil]
        var values = unsafe variables.map { unsafe strdup($0) } + [nil]
        defer { unsafe (arguments + values).forEach { unsafe free($0) } }
        var started: pid_t = 0
        let error = unsafe posix_spawn(
            &started, command[0], &actions, &attributes, &arguments, &values)
        guard error == 0 else { throw SystemFailure(call: "posix_spawn \(command[0])", error) }
        identifier = started
    }

    deinit {
        if poll() == nil {
            send(SIGKILL)
            _ = wait(atMostSeconds: 30)
        }
    }

    /// Sends a signal, unless the process is known to have ended.
    func send(_ signal: Int32) {
        if ending == nil { kill(identifier, signal) }
    }

    /// How it ended; nil while it runs.
    func poll() -> Ending? {
        if let ending { return ending }
        var status: Int32 = 0
        guard unsafe waitpid(identifier, &status, WNOHANG) == identifier else { return nil }
        // The macros WIFEXITED, WEXITSTATUS and WTERMSIG, as wait(2) defines them on Linux.
        let signal = status & 0x7F
        ending = signal == 0 ? .exit((status >> 8) & 0xFF) : .signal(signal)
        return ending
    }

    /// Waits for its end; nil if it has not come in time.
    func wait(atMostSeconds seconds: Double) -> Ending? {
        _ = eventually(withinSeconds: seconds) { poll() != nil }
        return ending
    }
}

/// A system call that failed.
struct SystemFailure: Error, CustomStringConvertible {
    var call: String
    var error: Int32

    init(call: String, _ error: Int32 = errno) {
        self.call = call
        self.error = error
    }

    var description: String { unsafe "\(call): \(String(cString: strerror(error)))" }
}

/// Lets another process run on for a while.
func pause(milliseconds: Int32) {
    poll(nil, 0, milliseconds)
}
