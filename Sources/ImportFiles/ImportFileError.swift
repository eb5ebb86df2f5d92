/// A file that cannot be read, or not to its end. `description` is a sentence without the file's name, and without a stop.
public struct ImportFileError: Error, CustomStringConvertible {
    public var description: String

    init(_ description: String) {
        self.description = description
    }
}
