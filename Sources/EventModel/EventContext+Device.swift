/// The two device properties that Amplitude derives. Both are worked out from a context when a question is asked, so
/// that a better table also betters what is known of old events. Source: Documentation/events-and-identity.md E23.
///
/// Amplitude's documents and exports show: an app on `iPhone13,2` has the family `Apple iPhone` and the type
/// `Apple iPhone 12`; a page on a Mac has `Mac OS X` and `Mac`; elsewhere both say `Windows` or `Android`; a family is
/// `Samsung Galaxy Tablet`. Android's models stay the numbers that they are: Amplitude's list of the names under which
/// they are sold is not public.
extension EventContext {
    /// The kind of device: `Apple iPhone`, `Samsung`, `Windows`. `nil` if no model is known.
    public var deviceFamily: String? {
        guard let model = knownModel else { return nil }
        if Self.isPageOnMac(model) || AppleDevice.isMac(model) { return "Mac OS X" }
        if let kind = AppleDevice.kind(of: model) { return kind }
        guard let maker else { return model }
        return maker == "Samsung" && Self.isGalaxyTablet(model) ? "Samsung Galaxy Tablet" : maker
    }

    /// The device's own name: `Apple iPhone 12`, `Samsung SM-S908B`, `Windows`. `nil` if no model is known.
    public var deviceType: String? {
        guard let model = knownModel else { return nil }
        if Self.isPageOnMac(model) { return "Mac" }
        if let name = AppleDevice.name(ofIdentifier: model) { return "Apple " + name }
        if AppleDevice.kind(of: model) != nil || AppleDevice.isMac(model) {
            return model.hasPrefix("Apple ") ? model : "Apple " + model
        }
        guard let maker, !model.lowercased().hasPrefix(maker.lowercased()) else { return model }
        return maker + " " + model
    }

    private var knownModel: String? { self[.deviceModel].flatMap { $0.isEmpty ? nil : $0 } }

    /// What browsers and the SDKs in them call a Mac.
    private static func isPageOnMac(_ model: String) -> Bool {
        ["Mac", "Mac OS", "Mac OS X", "Macintosh", "macOS"].contains(model)
    }

    /// Samsung's model numbers of tablets begin so; all others are of phones and watches.
    private static func isGalaxyTablet(_ model: String) -> Bool {
        ["SM-T", "SM-X", "SM-P", "Galaxy Tab"].contains { model.hasPrefix($0) }
    }

    /// Who made the device, in one spelling: systems write `samsung`, `HUAWEI` and `Google`.
    private var maker: String? {
        guard let name = self[.deviceManufacturer] ?? self[.deviceBrand], let first = name.first else { return nil }
        if let usual = Self.makers[name.lowercased()] { return usual }
        let isOneCase = name == name.lowercased() || name == name.uppercased() && name.count > 3
        return isOneCase ? first.uppercased() + name.dropFirst().lowercased() : name
    }

    /// Makers whose usual spelling is not a capital and small letters.
    private static let makers = [
        "htc": "HTC", "lge": "LG", "lg": "LG", "lg electronics": "LG", "oneplus": "OnePlus", "oppo": "OPPO",
        "vivo": "vivo", "realme": "realme", "zte": "ZTE", "tcl": "TCL", "hmd global": "HMD", "iqoo": "iQOO",
        "poco": "POCO", "blu": "BLU", "tecno": "TECNO", "tecno mobile": "TECNO", "tecno mobile limited": "TECNO",
        "infinix mobility limited": "Infinix", "motorola": "Motorola", "google": "Google", "samsung": "Samsung",
    ]
}
