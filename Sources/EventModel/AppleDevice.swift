/// Apple's devices by the identifiers that the system gives to apps, such as `iPhone14,5`.
enum AppleDevice {
    /// Whether this is a Mac's identifier, such as `MacBookPro18,3` or `iMac21,1`.
    static func isMac(_ model: String) -> Bool {
        (model.hasPrefix("Mac") || model.hasPrefix("iMac")) && isIdentifier(model)
    }

    /// Letters, a number, a comma and a number.
    private static func isIdentifier(_ model: String) -> Bool {
        let letters = model.utf8.prefix { (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) }
        let numbers = model.utf8.dropFirst(letters.count).split(separator: 0x2C, omittingEmptySubsequences: false)
        return !letters.isEmpty && numbers.count == 2
            && numbers.allSatisfy { !$0.isEmpty && $0.allSatisfy { (0x30...0x39).contains($0) } }
    }

    /// The name under which a device is sold; `nil` for one that is not in the list, or that is sold by its kind.
    static func name(ofIdentifier identifier: String) -> String? { names[identifier] }

    /// `Apple iPhone` for an iPhone's identifier, or for its name in either form; `nil` for what is not Apple's.
    static func kind(of model: String) -> String? {
        let isNamed = model.hasPrefix("Apple ")
        // A watch or a TV without that name, and without an identifier, is somebody else's.
        guard isNamed || model.hasPrefix("iP") || isIdentifier(model) else { return nil }
        let name = isNamed ? model.dropFirst(6) : model[...]
        return kinds.first { name.hasPrefix($0.start) && isWordEnd(name.dropFirst($0.start.count)) }?.kind
    }

    /// After `iPhone` comes a blank or a number, not another letter.
    private static func isWordEnd(_ rest: Substring) -> Bool {
        rest.first.map { !$0.isLetter } ?? true
    }

    private static let kinds: [(start: String, kind: String)] = [
        ("iPhone", "Apple iPhone"), ("iPad", "Apple iPad"), ("iPod", "Apple iPod Touch"), ("Watch", "Apple Watch"),
        ("AppleTV", "Apple TV"), ("TV", "Apple TV"), ("RealityDevice", "Apple Vision"), ("Vision", "Apple Vision"),
    ]

    private static let names: [String: String] = {
        var names: [String: String] = [:]
        for line in list.split(separator: "\n") {
            let parts = line.split(separator: ":")
            for identifier in parts[0].split(separator: " ") {
                names[String(identifier)] = String(parts[1].dropFirst())
            }
        }
        return names
    }()

    /// Identifiers, and the name that Apple sells them under. Identifiers are in each firmware's file of restore
    /// settings; the community's lists of them (The Apple Wiki, "Models") say which name each one has.
    private static let list = """
        iPhone1,1: iPhone
        iPhone1,2: iPhone 3G
        iPhone2,1: iPhone 3GS
        iPhone3,1 iPhone3,2 iPhone3,3: iPhone 4
        iPhone4,1: iPhone 4S
        iPhone5,1 iPhone5,2: iPhone 5
        iPhone5,3 iPhone5,4: iPhone 5c
        iPhone6,1 iPhone6,2: iPhone 5s
        iPhone7,2: iPhone 6
        iPhone7,1: iPhone 6 Plus
        iPhone8,1: iPhone 6s
        iPhone8,2: iPhone 6s Plus
        iPhone8,4: iPhone SE
        iPhone9,1 iPhone9,3: iPhone 7
        iPhone9,2 iPhone9,4: iPhone 7 Plus
        iPhone10,1 iPhone10,4: iPhone 8
        iPhone10,2 iPhone10,5: iPhone 8 Plus
        iPhone10,3 iPhone10,6: iPhone X
        iPhone11,2: iPhone XS
        iPhone11,4 iPhone11,6: iPhone XS Max
        iPhone11,8: iPhone XR
        iPhone12,1: iPhone 11
        iPhone12,3: iPhone 11 Pro
        iPhone12,5: iPhone 11 Pro Max
        iPhone12,8: iPhone SE (2nd generation)
        iPhone13,1: iPhone 12 mini
        iPhone13,2: iPhone 12
        iPhone13,3: iPhone 12 Pro
        iPhone13,4: iPhone 12 Pro Max
        iPhone14,4: iPhone 13 mini
        iPhone14,5: iPhone 13
        iPhone14,2: iPhone 13 Pro
        iPhone14,3: iPhone 13 Pro Max
        iPhone14,6: iPhone SE (3rd generation)
        iPhone14,7: iPhone 14
        iPhone14,8: iPhone 14 Plus
        iPhone15,2: iPhone 14 Pro
        iPhone15,3: iPhone 14 Pro Max
        iPhone15,4: iPhone 15
        iPhone15,5: iPhone 15 Plus
        iPhone16,1: iPhone 15 Pro
        iPhone16,2: iPhone 15 Pro Max
        iPhone17,3: iPhone 16
        iPhone17,4: iPhone 16 Plus
        iPhone17,1: iPhone 16 Pro
        iPhone17,2: iPhone 16 Pro Max
        iPhone17,5: iPhone 16e
        iPhone18,3: iPhone 17
        iPhone18,4: iPhone Air
        iPhone18,1: iPhone 17 Pro
        iPhone18,2: iPhone 17 Pro Max
        iPhone18,5: iPhone 17e
        iPad1,1: iPad
        iPad2,1 iPad2,2 iPad2,3 iPad2,4: iPad 2
        iPad3,1 iPad3,2 iPad3,3: iPad (3rd generation)
        iPad3,4 iPad3,5 iPad3,6: iPad (4th generation)
        iPad6,11 iPad6,12: iPad (5th generation)
        iPad7,5 iPad7,6: iPad (6th generation)
        iPad7,11 iPad7,12: iPad (7th generation)
        iPad11,6 iPad11,7: iPad (8th generation)
        iPad12,1 iPad12,2: iPad (9th generation)
        iPad13,18 iPad13,19: iPad (10th generation)
        iPad15,7 iPad15,8: iPad (A16)
        iPad2,5 iPad2,6 iPad2,7: iPad mini
        iPad4,4 iPad4,5 iPad4,6: iPad mini 2
        iPad4,7 iPad4,8 iPad4,9: iPad mini 3
        iPad5,1 iPad5,2: iPad mini 4
        iPad11,1 iPad11,2: iPad mini (5th generation)
        iPad14,1 iPad14,2: iPad mini (6th generation)
        iPad16,1 iPad16,2: iPad mini (A17 Pro)
        iPad4,1 iPad4,2 iPad4,3: iPad Air
        iPad5,3 iPad5,4: iPad Air 2
        iPad11,3 iPad11,4: iPad Air (3rd generation)
        iPad13,1 iPad13,2: iPad Air (4th generation)
        iPad13,16 iPad13,17: iPad Air (5th generation)
        iPad14,8 iPad14,9: iPad Air 11-inch (M2)
        iPad14,10 iPad14,11: iPad Air 13-inch (M2)
        iPad15,3 iPad15,4: iPad Air 11-inch (M3)
        iPad15,5 iPad15,6: iPad Air 13-inch (M3)
        iPad6,3 iPad6,4: iPad Pro (9.7-inch)
        iPad7,3 iPad7,4: iPad Pro (10.5-inch)
        iPad8,1 iPad8,2 iPad8,3 iPad8,4: iPad Pro (11-inch)
        iPad8,9 iPad8,10: iPad Pro (11-inch, 2nd generation)
        iPad13,4 iPad13,5 iPad13,6 iPad13,7: iPad Pro (11-inch, 3rd generation)
        iPad14,3 iPad14,4: iPad Pro (11-inch, 4th generation)
        iPad16,3 iPad16,4: iPad Pro 11-inch (M4)
        iPad6,7 iPad6,8: iPad Pro (12.9-inch)
        iPad7,1 iPad7,2: iPad Pro (12.9-inch, 2nd generation)
        iPad8,5 iPad8,6 iPad8,7 iPad8,8: iPad Pro (12.9-inch, 3rd generation)
        iPad8,11 iPad8,12: iPad Pro (12.9-inch, 4th generation)
        iPad13,8 iPad13,9 iPad13,10 iPad13,11: iPad Pro (12.9-inch, 5th generation)
        iPad14,5 iPad14,6: iPad Pro (12.9-inch, 6th generation)
        iPad16,5 iPad16,6: iPad Pro 13-inch (M4)
        iPod1,1: iPod touch
        iPod2,1: iPod touch (2nd generation)
        iPod3,1: iPod touch (3rd generation)
        iPod4,1: iPod touch (4th generation)
        iPod5,1: iPod touch (5th generation)
        iPod7,1: iPod touch (6th generation)
        iPod9,1: iPod touch (7th generation)
        Watch1,1 Watch1,2: Watch (1st generation)
        Watch2,6 Watch2,7: Watch Series 1
        Watch2,3 Watch2,4: Watch Series 2
        Watch3,1 Watch3,2 Watch3,3 Watch3,4: Watch Series 3
        Watch4,1 Watch4,2 Watch4,3 Watch4,4: Watch Series 4
        Watch5,1 Watch5,2 Watch5,3 Watch5,4: Watch Series 5
        Watch5,9 Watch5,10 Watch5,11 Watch5,12: Watch SE
        Watch6,1 Watch6,2 Watch6,3 Watch6,4: Watch Series 6
        Watch6,6 Watch6,7 Watch6,8 Watch6,9: Watch Series 7
        Watch6,10 Watch6,11 Watch6,12 Watch6,13: Watch SE (2nd generation)
        Watch6,14 Watch6,15 Watch6,16 Watch6,17: Watch Series 8
        Watch6,18: Watch Ultra
        Watch7,1 Watch7,2 Watch7,3 Watch7,4: Watch Series 9
        Watch7,5: Watch Ultra 2
        Watch7,8 Watch7,9 Watch7,10 Watch7,11: Watch Series 10
        AppleTV2,1: TV (2nd generation)
        AppleTV3,1 AppleTV3,2: TV (3rd generation)
        AppleTV5,3: TV (4th generation)
        AppleTV6,2: TV 4K
        AppleTV11,1: TV 4K (2nd generation)
        AppleTV14,1: TV 4K (3rd generation)
        RealityDevice14,1: Vision Pro
        """
}
