#pragma once

#include <stdint.h>
#include <string.h>

/// Has the processor fetch the line of memory with this address, and does not wait for it. Any address will do: one that
/// cannot be read is passed over.
static inline void prefetch_for_reading(const void *address) {
    __builtin_prefetch(address, 0, 3);
}

/// Which of 64 numbers are one of `count` wanted ones: bit i for number i. Vectors are compared, and their lanes become
/// bits, with what instructions the processor has for it.
#define PLACES_OF(name, number)                                                                   \
    static inline uint64_t name(const number *numbers, const number *wanted, long count) {        \
        typedef number numbers64 __attribute__((vector_size(64 * sizeof(number))));               \
        typedef _Bool bits64 __attribute__((ext_vector_type(64)));                                \
        numbers64 all, found = {0};                                                               \
        memcpy(&all, numbers, sizeof all);                                                        \
        for (long i = 0; i < count; i++) found |= (numbers64)(all == wanted[i]);                  \
        bits64 lanes = __builtin_convertvector(found, bits64);                                    \
        uint64_t bits;                                                                            \
        memcpy(&bits, &lanes, sizeof bits);                                                       \
        return bits;                                                                              \
    }

PLACES_OF(places_of_bytes, uint8_t)
PLACES_OF(places_of_shorts, uint16_t)
PLACES_OF(places_of_words, uint32_t)

#undef PLACES_OF
