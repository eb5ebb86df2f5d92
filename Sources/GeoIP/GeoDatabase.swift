internal import CMaxMindDB

/// A file that tells the place of an address, in MaxMind's format (`.mmdb`): GeoIP2 or GeoLite2, "City" or "Country".
///
/// The file is mapped into memory, so it must not be written to while it is open; replacing it by another one is fine.
/// Looking something up changes nothing, so any number of threads may do it at once.
@safe public final class GeoDatabase: Sendable {
    // Safe: set for life by `init`, and only read after it.
    private nonisolated(unsafe) let handle: UnsafeMutablePointer<MMDB_s>

    /// - Throws: if the file is missing, or is no whole file of this format.
    public init(path: String) throws(GeoDatabaseError) {
        let handle = UnsafeMutablePointer<MMDB_s>.allocate(capacity: 1)
        unsafe handle.initialize(to: MMDB_s())
        // Safe: the path is held during the call. What cannot be opened leaves nothing to close.
        let status = unsafe MMDB_open(path, UInt32(MMDB_MODE_MMAP), handle)
        guard status == MMDB_SUCCESS else {
            unsafe handle.deallocate()
            // Safe: the library's messages are constants that end with a zero byte.
            let reason = unsafe String(cString: MMDB_strerror(status))
            throw GeoDatabaseError(
                message: "The file of places \(path) cannot be read: \(reason). Give a whole .mmdb file, such as"
                    + " GeoLite2-City.mmdb, or start without one: then events keep the places that they bring."
            )
        }
        unsafe self.handle = handle
    }

    deinit {
        unsafe MMDB_close(handle)
        unsafe handle.deallocate()
    }

    /// What the file says of itself, such as `GeoLite2-City`.
    public var type: String {
        // Safe: a constant of the open file that ends with a zero byte.
        unsafe handle.pointee.metadata.database_type.map { unsafe String(cString: $0) } ?? ""
    }

    /// - Parameter address: IPv4 or IPv6, as text.
    /// - Returns: what is known of its place; `nil` if that is nothing, or if this is no address.
    public func place(of address: String) -> Place? {
        var parsing: Int32 = 0
        var failure: Int32 = 0
        let address = Self.withoutMapping(address)
        // Safe: the text is held during the call, which reads the mapped file and writes the two numbers.
        let result = unsafe MMDB_lookup_string(handle, address, &parsing, &failure)
        guard parsing == 0, failure == MMDB_SUCCESS, unsafe result.found_entry else { return nil }
        var entry = unsafe result.entry
        let place = unsafe Place(
            country: Self.text(Path.country, &entry),
            region: Self.text(Path.region, &entry),
            city: Self.text(Path.city, &entry),
            dma: Self.metroCode(&entry).map(MetroAreas.name(ofCode:))
        )
        return place == Place() ? nil : place
    }

    /// An IPv4 address that a socket for both kinds shows as `::ffff:192.0.2.1`, as IPv4.
    private static func withoutMapping(_ address: String) -> String {
        guard address.utf8.count > 7, address.prefix(7).lowercased() == "::ffff:", address.utf8.contains(0x2E) else {
            return address
        }
        return String(address.dropFirst(7))
    }

    // MARK: The record of an address

    /// Where a value lies in a record. -1 is the last one of a list.
    private enum Path {
        static let country: [StaticString] = ["country", "names", "en"]
        static let region: [StaticString] = ["subdivisions", "-1", "names", "en"]
        static let city: [StaticString] = ["city", "names", "en"]
        static let metroCode: [StaticString] = ["location", "metro_code"]
    }

    private static func text(_ path: [StaticString], _ entry: inout MMDB_entry_s) -> String? {
        guard let value = unsafe value(path, &entry), unsafe value.type == MMDB_DATA_TYPE_UTF8_STRING,
            let start = unsafe value.utf8_string
        else { return nil }
        // Safe: the library has checked that the file holds these bytes, which stay mapped during the call.
        let text = unsafe String(
            decoding: UnsafeRawBufferPointer(start: start, count: Int(value.data_size)),
            as: UTF8.self
        )
        return text.isEmpty ? nil : text
    }

    private static func metroCode(_ entry: inout MMDB_entry_s) -> Int? {
        guard let value = unsafe value(Path.metroCode, &entry) else { return nil }
        switch unsafe Int32(bitPattern: value.type) {
        case MMDB_DATA_TYPE_UINT16: return unsafe Int(value.uint16)
        case MMDB_DATA_TYPE_UINT32: return unsafe Int(value.uint32)
        default: return nil
        }
    }

    private static func value(_ path: [StaticString], _ entry: inout MMDB_entry_s) -> MMDB_entry_data_s? {
        // Safe: a static string lives for ever and ends with a zero byte; the list of them ends with a null pointer.
        var steps: [UnsafePointer<CChar>?] = unsafe path.map { step in
            unsafe UnsafeRawPointer(step.utf8Start).assumingMemoryBound(to: CChar.self)
        }
        unsafe steps.append(nil)
        var value = unsafe MMDB_entry_data_s()
        guard unsafe MMDB_aget_value(&entry, &value, steps) == MMDB_SUCCESS, unsafe value.has_data else { return nil }
        return unsafe value
    }
}
