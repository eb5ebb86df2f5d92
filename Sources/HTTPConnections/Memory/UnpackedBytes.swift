/// What a body swelled to, as long as it is held.
public final class UnpackedBytes: Sendable {
    private let release: @Sendable () -> Void

    init(_ release: @escaping @Sendable () -> Void) {
        self.release = release
    }

    deinit { release() }
}
