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
static const unsigned char controls_index_html[] = {
#embed "../../ops/front-end/controls/index.html"
};
static const unsigned char controls_js[] = {
#embed "../../ops/front-end/controls/controls.js"
};

static const unsigned char room_index_html[] = {
#embed "../../ops/room/index.html"
};
static const unsigned char room_css[] = {
#embed "../../ops/room/room.css"
};
static const unsigned char room_icon_svg[] = {
#embed "../../ops/room/icon.svg"
};
static const unsigned char room_js[] = {
#embed "../../ops/room/room.js"
};
static const unsigned char room_gateway_js[] = {
#embed "../../ops/room/gateway.js"
};
static const unsigned char room_state_js[] = {
#embed "../../ops/room/state.js"
};
static const unsigned char room_language_js[] = {
#embed "../../ops/room/language.js"
};
static const unsigned char room_words_js[] = {
#embed "../../ops/room/words.js"
};
static const unsigned char room_elements_js[] = {
#embed "../../ops/room/elements.js"
};
static const unsigned char room_overview_js[] = {
#embed "../../ops/room/overview.js"
};
static const unsigned char room_operations_js[] = {
#embed "../../ops/room/operations.js"
};
static const unsigned char room_operation_js[] = {
#embed "../../ops/room/operation.js"
};
static const unsigned char room_nodes_js[] = {
#embed "../../ops/room/nodes.js"
};
static const unsigned char room_bands_js[] = {
#embed "../../ops/room/bands.js"
};
static const unsigned char room_events_js[] = {
#embed "../../ops/room/events.js"
};
static const unsigned char room_actions_js[] = {
#embed "../../ops/room/actions.js"
};
static const unsigned char notice_html[] = {
#embed "../../ops/room/notice.html"
};
static const unsigned char notice_css[] = {
#embed "../../ops/room/notice.css"
};
static const unsigned char notice_js[] = {
#embed "../../ops/room/notice.js"
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
    {"controls/index.html", controls_index_html, sizeof controls_index_html},
    {"controls/controls.js", controls_js, sizeof controls_js},
    {"room/index.html", room_index_html, sizeof room_index_html},
    {"room/room.css", room_css, sizeof room_css},
    {"room/icon.svg", room_icon_svg, sizeof room_icon_svg},
    {"room/room.js", room_js, sizeof room_js},
    {"room/gateway.js", room_gateway_js, sizeof room_gateway_js},
    {"room/state.js", room_state_js, sizeof room_state_js},
    {"room/language.js", room_language_js, sizeof room_language_js},
    {"room/words.js", room_words_js, sizeof room_words_js},
    {"room/elements.js", room_elements_js, sizeof room_elements_js},
    {"room/overview.js", room_overview_js, sizeof room_overview_js},
    {"room/operations.js", room_operations_js, sizeof room_operations_js},
    {"room/operation.js", room_operation_js, sizeof room_operation_js},
    {"room/nodes.js", room_nodes_js, sizeof room_nodes_js},
    {"room/bands.js", room_bands_js, sizeof room_bands_js},
    {"room/events.js", room_events_js, sizeof room_events_js},
    {"room/actions.js", room_actions_js, sizeof room_actions_js},
    {"room/notice.html", notice_html, sizeof notice_html},
    {"room/notice.css", notice_css, sizeof notice_css},
    {"room/notice.js", notice_js, sizeof notice_js},
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
