/* rules 8: the episode as bytes, version 1, little endian, floats as their bits.
 *
 *   "ABPS", u16 version, u16 0, u32 length of the whole blob, f32 time_max, u64 seed, u64 rng state, u64 rng inc,
 *   u32 ticks, overheat_ticks, pirate_encounters, scan_count, mining_ticks,
 *   u8 node, selected, node_count, flags (1 terminated, 2 truncated, 4 destroyed, 8 stranded, 16 cashed out),
 *   u8 repair_kits, stabilizers, decoys, escape_buff, u8 stabilize_buff[16],
 *   f32 fuel, hull, heat, tool, alert, credits, time_remaining, total_spend, value_lost, utilization_sum, f32 cargo[6],
 *   f32 inventory[6], phase[6], period[6], amp[6], price[6], prev_price[6], recent_sales[6],
 *   a node, node_count times: u8 type, steps_to_station, asteroid_count, 0; f32 hazard, pirate;
 *       an edge, 6 times: u8 to, u8 time, u16 0, f32 fuel, threat, threat_estimate,
 *   an asteroid, asteroid_count times for each node in order: f32 true_comp[6], comp_est[6], richness, stability,
 *       noise, stability_est, scan_conf, depletion,
 *   u64 FNV-1a of every byte before it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "math.h"
#include "prospector.h"

enum { VERSION = 1, HEADER_BYTES = 316, NODE_BYTES = 12 + PR_EDGES * 16, ASTEROID_BYTES = 72, CHECKSUM_BYTES = 8 };
enum { SHORTEST = 44 }; /* the fields up to and with the generator: less than this has no header to speak of */

/* One cursor writes and reads, so that the layout is said once, in `episode`. */
typedef struct {
    uint8_t *bytes;
    size_t at, length;
    bool reading;
    bool sane; /* stays true while every value read is one that play can produce */
} Cursor;

static void raw(Cursor *c, uint64_t *value, size_t size) {
    if (c->at + size > c->length) {
        c->sane = false;
        *value = 0;
        return;
    }
    if (c->reading) *value = 0;
    for (size_t i = 0; i < size; i++) {
        if (c->reading) *value |= (uint64_t)c->bytes[c->at + i] << (8 * i);
        else c->bytes[c->at + i] = (uint8_t)(*value >> (8 * i));
    }
    c->at += size;
}

static void u8(Cursor *c, uint8_t *x, uint8_t most) {
    uint64_t value = *x;
    raw(c, &value, 1);
    *x = (uint8_t)value;
    if (*x > most) c->sane = false;
}

static void u32(Cursor *c, uint32_t *x) {
    uint64_t value = *x;
    raw(c, &value, 4);
    *x = (uint32_t)value;
}

static void u64(Cursor *c, uint64_t *x) { raw(c, x, 8); }

static void zero(Cursor *c, size_t size) {
    uint64_t value = 0;
    raw(c, &value, size);
    if (value != 0) c->sane = false;
}

static void f32(Cursor *c, float *x) {
    uint32_t bits;
    memcpy(&bits, x, sizeof bits);
    u32(c, &bits);
    memcpy(x, &bits, sizeof bits);
    if (!(*x >= -1e9f && *x <= 1e9f)) c->sane = false;
}

static void f32s(Cursor *c, float *x, int count) {
    for (int i = 0; i < count; i++) f32(c, &x[i]);
}

/* All bits zero: a negative zero is none, for it would not be written back. */
static bool plain_zero(float x) { return x == 0.0f && !signbit(x); }

static void edge(Cursor *c, PrEdge *e, uint8_t node_count) {
    u8(c, &e->to, PR_NONE);
    u8(c, &e->time, 8);
    zero(c, 2);
    f32(c, &e->fuel);
    f32(c, &e->threat);
    f32(c, &e->threat_estimate);
    if (e->to != PR_NONE && (e->to >= node_count || e->time < 1)) c->sane = false;
    if (e->to == PR_NONE && !(e->time == 0 && plain_zero(e->fuel) && plain_zero(e->threat) && plain_zero(e->threat_estimate)))
        c->sane = false;
}

static void node(Cursor *c, PrEnv *env, int n) {
    PrNode *node = &env->nodes[n];
    u8(c, &node->type, PR_HAZARD);
    u8(c, &node->steps_to_station, PR_UNREACHABLE);
    u8(c, &node->asteroid_count, n == 0 ? 0 : PR_SLOTS);
    zero(c, 1);
    f32(c, &node->hazard);
    f32(c, &node->pirate);
    for (int k = 0; k < PR_EDGES; k++) edge(c, &node->edges[k], env->node_count);
    if ((n == 0) != (node->type == PR_STATION)) c->sane = false;
}

static void asteroid(Cursor *c, PrAsteroid *a) {
    f32s(c, a->true_comp, PR_COMMODITIES);
    f32s(c, a->comp_est, PR_COMMODITIES);
    f32(c, &a->richness);
    f32(c, &a->stability);
    f32(c, &a->noise);
    f32(c, &a->stability_est);
    f32(c, &a->scan_conf);
    f32(c, &a->depletion);
}

static void flags(Cursor *c, PrEnv *env) {
    bool *const flag[5] = {&env->terminated, &env->truncated, &env->destroyed, &env->stranded, &env->cashed_out};
    uint8_t bits = 0;
    for (int i = 0; i < 5; i++) bits |= (uint8_t)(*flag[i] << i);
    u8(c, &bits, 31);
    for (int i = 0; i < 5; i++) *flag[i] = (bits >> i) & 1;
    /* What terminates an episode is its destruction, its stranding or its cashing out, and out of time is one that nothing else ended. */
    if (env->terminated != (env->destroyed || env->stranded || env->cashed_out)) c->sane = false;
    if (env->terminated && env->truncated) c->sane = false;
}

static void ship(Cursor *c, PrEnv *env) {
    u8(c, &env->node, PR_NODES - 1);
    u8(c, &env->selected, PR_NONE);
    u8(c, &env->node_count, PR_NODES);
    flags(c, env);
    u8(c, &env->repair_kits, PR_CONSUMABLE_CAP);
    u8(c, &env->stabilizers, PR_CONSUMABLE_CAP);
    u8(c, &env->decoys, PR_CONSUMABLE_CAP);
    u8(c, &env->escape_buff, 8);
    for (int a = 0; a < PR_SLOTS; a++) u8(c, &env->stabilize_buff[a], 8);
    float *const quantity[10] = {&env->fuel,    &env->hull,           &env->heat,        &env->tool,       &env->alert,
                                 &env->credits, &env->time_remaining, &env->total_spend, &env->value_lost, &env->utilization_sum};
    for (int i = 0; i < 10; i++) f32(c, quantity[i]);
    f32s(c, env->cargo, PR_COMMODITIES);
    if (env->node_count < 8 || env->node >= env->node_count) c->sane = false;
    if (env->selected != PR_NONE && env->selected >= PR_SLOTS) c->sane = false;
}

static void market(Cursor *c, PrMarket *m) {
    f32s(c, m->inventory, PR_COMMODITIES);
    f32s(c, m->phase, PR_COMMODITIES);
    f32s(c, m->period, PR_COMMODITIES);
    f32s(c, m->amp, PR_COMMODITIES);
    f32s(c, m->price, PR_COMMODITIES);
    f32s(c, m->prev_price, PR_COMMODITIES);
    f32s(c, m->recent_sales, PR_COMMODITIES);
    for (int i = 0; i < PR_COMMODITIES; i++)
        if (!(m->period[i] >= 1.0f)) c->sane = false;
}

/* Everything between the length field and the checksum. */
static void episode(Cursor *c, PrEnv *env) {
    f32(c, &env->time_max);
    u64(c, &env->seed);
    u64(c, &env->rng.state);
    u64(c, &env->rng.inc);
    if (env->rng.inc % 2 == 0) c->sane = false;
    u32(c, &env->ticks);
    u32(c, &env->overheat_ticks);
    u32(c, &env->pirate_encounters);
    u32(c, &env->scan_count);
    u32(c, &env->mining_ticks);
    ship(c, env);
    market(c, &env->market);
    /* What is read must be sane before its counts are trusted; what is written is complete, whatever it holds. */
    for (int n = 0; n < env->node_count && (c->sane || !c->reading); n++) node(c, env, n);
    for (int n = 0; n < env->node_count && (c->sane || !c->reading); n++)
        for (int a = 0; a < env->nodes[n].asteroid_count; a++) asteroid(c, &env->nodes[n].asteroids[a]);
}

static uint64_t fnv1a(const uint8_t *bytes, size_t length) {
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < length; i++) hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3);
    return hash;
}

size_t pr_state_size(const PrEnv *env) {
    size_t asteroids = 0;
    for (int n = 0; n < env->node_count; n++) asteroids += env->nodes[n].asteroid_count;
    return HEADER_BYTES + (size_t)env->node_count * NODE_BYTES + asteroids * ASTEROID_BYTES + CHECKSUM_BYTES;
}

void pr_state_write(const PrEnv *env, uint8_t *out) {
    PrEnv copy = *env; /* the cursor wants a place to read into; here it only writes from it */
    uint64_t version = VERSION, length = pr_state_size(env);
    Cursor c = {.bytes = out, .length = length, .sane = true};
    memcpy(out, "ABPS", 4);
    c.at = 4;
    raw(&c, &version, 2);
    zero(&c, 2);
    raw(&c, &length, 4);
    episode(&c, &copy);
    uint64_t checksum = fnv1a(out, c.at);
    u64(&c, &checksum);
}

PrStateError pr_state_read(PrEnv *env, const uint8_t *bytes, size_t length) {
    if (length < SHORTEST) return PR_STATE_TRUNCATED;
    if (memcmp(bytes, "ABPS", 4) != 0) return PR_STATE_MAGIC;
    Cursor c = {.bytes = (uint8_t *)bytes, .at = 4, .length = length, .reading = true, .sane = true};
    uint64_t version, stated, checksum;
    raw(&c, &version, 2);
    if (version != VERSION) return PR_STATE_VERSION;
    zero(&c, 2);
    raw(&c, &stated, 4);
    if (stated != length) return PR_STATE_LENGTH;
    Cursor end = {.bytes = c.bytes, .at = length - CHECKSUM_BYTES, .length = length, .reading = true, .sane = true};
    u64(&end, &checksum);
    if (checksum != fnv1a(bytes, length - CHECKSUM_BYTES)) return PR_STATE_CHECKSUM;

    PrEnv *fresh = pr_env_new(env->time_max);
    if (fresh == NULL) return PR_STATE_FIELD;
    c.length -= CHECKSUM_BYTES;
    episode(&c, fresh);
    PrStateError error = PR_STATE_OK;
    if (memcmp(&fresh->time_max, &env->time_max, sizeof(float)) != 0) error = PR_STATE_TIME_MAX;
    else if (!c.sane || c.at != c.length) error = PR_STATE_FIELD;
    if (error == PR_STATE_OK) {
        fresh->started = true;
        *env = *fresh;
    }
    pr_env_free(fresh);
    return error;
}
