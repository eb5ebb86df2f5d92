internal import CPCRE2

/// A regular expression, compiled once. Any number of threads may match with it at once, each in its own ``MatchRoom``.
@safe public final class Pattern: Sendable {
    /// What came of looking for it in a text.
    public enum Verdict: Hashable, Sendable {
        case found, missing
        /// Finding out would take too many steps.
        case tooSlow
    }

    // Safe: set for life by `init`, and only read after it.
    private nonisolated(unsafe) let code: OpaquePointer

    /// `nil` if this is no regular expression.
    ///
    /// - Parameter isUnicode: whether it matches code points, and knows letters and digits of all scripts, rather than bytes.
    public init?(_ expression: String, ignoresCase: Bool = false, isUnicode: Bool = false) {
        let bytes = Array(expression.utf8)
        var error: Int32 = 0
        var place = 0
        let options =
            (ignoresCase ? PCRE2_CASELESS : 0) | (isUnicode ? PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C : 0)
        // Safe: the expression is passed with its length, and held during the call.
        guard let code = unsafe pcre2_compile_8(bytes, bytes.count, options, &error, &place, nil) else { return nil }
        // Where there is no machine code for this processor, matching is slower and nothing else.
        _ = unsafe pcre2_jit_compile_8(code, PCRE2_JIT_COMPLETE)
        unsafe self.code = code
    }

    deinit { unsafe pcre2_code_free_8(code) }

    /// The groups of the leftmost match, the whole match first; a group without a part in it is `nil`.
    ///
    /// - Returns: `nil` without a match, or if finding one would take too many steps.
    public func groups(in text: [UInt8], _ room: borrowing MatchRoom) -> [String?]? {
        // Safe: the text is passed with its length, and held during the call.
        let count = unsafe pcre2_match_8(code, text, text.count, 0, 0, room.data, room.limits)
        guard count > 0, let offsets = unsafe pcre2_get_ovector_pointer_8(room.data) else { return nil }
        return (0..<Int(count)).map { group in
            // Safe: there are `count` pairs of offsets. They lie in the text, or are PCRE2_UNSET, which is -1.
            let (start, end) = unsafe (offsets[2 * group], offsets[2 * group + 1])
            guard start >= 0, start <= end else { return nil }
            return String(decoding: text[start..<end], as: UTF8.self)
        }
    }

    /// Whether it is anywhere in a text.
    public func verdict(on text: [UInt8], _ room: borrowing MatchRoom) -> Verdict {
        // Safe: the text is passed with its length, and held during the call.
        let count = unsafe pcre2_match_8(code, text, text.count, 0, 0, room.data, room.limits)
        // Zero: there are more groups than room for them.
        return count >= 0 ? .found : count == PCRE2_ERROR_NOMATCH ? .missing : .tooSlow
    }
}

/// What a match needs beside its pattern; for one thread at a time.
@safe public struct MatchRoom: ~Copyable {
    // Safe: set for life by `init`; no copy of them leaves this file.
    fileprivate let data: OpaquePointer?
    fileprivate let limits: OpaquePointer?

    /// No pattern of uap-core has more groups.
    private static let mostGroups: UInt32 = 16
    /// Steps of one match. Honest texts take a few hundred.
    private static let mostSteps: UInt32 = 100_000

    public init() {
        unsafe data = pcre2_match_data_create_8(Self.mostGroups, nil)
        unsafe limits = pcre2_match_context_create_8(nil)
        _ = unsafe pcre2_set_match_limit_8(limits, Self.mostSteps)
    }

    deinit {
        unsafe pcre2_match_data_free_8(data)
        unsafe pcre2_match_context_free_8(limits)
    }
}
