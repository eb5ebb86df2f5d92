// Texts are bytes: the functions that Swift sees end in _8.
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
