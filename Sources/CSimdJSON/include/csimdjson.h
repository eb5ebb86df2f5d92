#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Owns simdjson's buffers; parses one document at a time, and may be used again.
typedef struct csimdjson_parser csimdjson_parser;

/// A parsed document, in simdjson's documented tape format. Valid until its parser parses again or is destroyed.
typedef struct {
    /// May be written to, until the parser parses again.
    uint64_t *tape;
    size_t tape_count;
    /// Each string: its length as 32 bits in host order, its UTF-8 bytes, a zero byte.
    const uint8_t *strings;
} csimdjson_document;

/// NULL if there is no memory.
csimdjson_parser *csimdjson_parser_create(void);
void csimdjson_parser_destroy(csimdjson_parser *parser);

/// Parses the whole of `bytes` as one JSON value and checks it: grammar, UTF-8, numbers, nesting.
/// Returns NULL on success, else what is wrong, in static storage.
const char *csimdjson_parse(csimdjson_parser *parser, const uint8_t *bytes, size_t count, csimdjson_document *document);

#ifdef __cplusplus
}
#endif
