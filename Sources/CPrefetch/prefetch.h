#pragma once

/// Has the processor fetch the line of memory with this address, and does not wait for it. Any address will do: one that
/// cannot be read is passed over.
static inline void prefetch_for_reading(const void *address) {
    __builtin_prefetch(address, 0, 3);
}
