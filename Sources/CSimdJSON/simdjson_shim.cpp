// The only C++ in the house: simdjson's parser behind three C functions. No exception crosses them.
#include "csimdjson.h"

#include <new>
#include <simdjson.h>

struct csimdjson_parser {
    simdjson::dom::parser parser;
};

csimdjson_parser *csimdjson_parser_create(void) { return new (std::nothrow) csimdjson_parser; }

void csimdjson_parser_destroy(csimdjson_parser *parser) { delete parser; }

const char *csimdjson_parse(csimdjson_parser *parser, const uint8_t *bytes, size_t count, csimdjson_document *document) {
    simdjson::dom::element root;
    // The parser copies into its own padded buffer, so the caller needs no padding.
    auto error = parser->parser.parse(bytes, count, true).get(root);
    if (error) {
        return simdjson::error_message(error);
    }
    const auto &doc = parser->parser.doc;
    document->tape = doc.tape.get();
    // The first word is the root's: its payload is the place after the last word.
    document->tape_count = static_cast<size_t>(doc.tape[0] & 0x00FFFFFFFFFFFFFFull);
    document->strings = doc.string_buf.get();
    return nullptr;
}
