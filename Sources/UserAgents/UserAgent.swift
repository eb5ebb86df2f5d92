/// What a `User-Agent` says of its sender, in the names of uap-core. What it does not say is `nil`.
public struct UserAgent: Equatable, Sendable {
    /// `Chrome Mobile`, `Mobile Safari`, `Firefox`, but also `Googlebot` or `curl`.
    public var browser: String?
    /// The major version.
    public var browserVersion: String?
    /// `Mac OS X`, `Windows`, `Android`.
    public var system: String?
    /// `iPhone`, `Samsung SM-S908B`, `Mac`, `Spider`.
    public var deviceFamily: String?
    public var deviceBrand: String?
    public var deviceModel: String?

    public init() {}
}
