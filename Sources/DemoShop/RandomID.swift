/// 128 random bits that are written like a version 4 UUID: a device id or an insert id.
struct RandomID: Sendable {
    let high: UInt64
    let low: UInt64

    init(using random: inout SplitMix64) {
        // The version (4) and the variant (binary 10) have fixed places in a UUID.
        high = random.next() & 0xFFFF_FFFF_FFFF_0FFF | 0x4000
        low = random.next() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
    }
}
