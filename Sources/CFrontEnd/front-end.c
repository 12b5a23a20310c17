#include "CFrontEnd.h"

// `#embed` (C23) reads each file when this one is compiled, and compiles it anew when one changes.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char kit_js[] = {
#embed "../../ops/front-end/portillon.js"
};
static const unsigned char kit_words_js[] = {
#embed "../../ops/front-end/portillon-words.js"
};
static const unsigned char kit_worker_js[] = {
#embed "../../ops/front-end/portillon-worker.js"
};
static const unsigned char kit_types[] = {
#embed "../../ops/front-end/portillon.d.ts"
};
static const unsigned char kit_words_types[] = {
#embed "../../ops/front-end/portillon-words.d.ts"
};
static const unsigned char demo_index_html[] = {
#embed "../../ops/front-end/demo/index.html"
};
static const unsigned char demo_game_css[] = {
#embed "../../ops/front-end/demo/game.css"
};
static const unsigned char demo_game_js[] = {
#embed "../../ops/front-end/demo/game.js"
};
static const unsigned char demo_gate_svg[] = {
#embed "../../ops/front-end/demo/gate.svg"
};

static const struct {
    const char *name;
    const unsigned char *bytes;
    unsigned long length;
} files[] = {
    {"portillon.js", kit_js, sizeof kit_js},
    {"portillon-words.js", kit_words_js, sizeof kit_words_js},
    {"portillon-worker.js", kit_worker_js, sizeof kit_worker_js},
    {"portillon.d.ts", kit_types, sizeof kit_types},
    {"portillon-words.d.ts", kit_words_types, sizeof kit_words_types},
    {"demo/index.html", demo_index_html, sizeof demo_index_html},
    {"demo/game.css", demo_game_css, sizeof demo_game_css},
    {"demo/game.js", demo_game_js, sizeof demo_game_js},
    {"demo/gate.svg", demo_gate_svg, sizeof demo_gate_svg},
};

int front_end_count(void) {
    return sizeof files / sizeof files[0];
}

const char *front_end_name(int index) {
    return files[index].name;
}

const unsigned char *front_end_bytes(int index) {
    return files[index].bytes;
}

unsigned long front_end_length(int index) {
    return files[index].length;
}
