/* Asteroid Belt Prospector: the C reference.
 *
 * One episode, plain C11, written section by section from the rules (docs/rules.md). It is the oracle that
 * every other implementation must equal bit for bit, so it is readable first and never optimised. Where the rules leave the
 * order of floating-point operations open, the code here decides, with a comment marked "order:".
 *
 * Compiled with -ffp-contract=off: every product and every sum is rounded once, to f32. */
#ifndef PROSPECTOR_H
#define PROSPECTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- rules 2: constants ---- */
enum {
    PR_NODES = 32,
    PR_EDGES = 6,
    PR_SLOTS = 16,
    PR_COMMODITIES = 6,
    PR_ACTIONS = 69,
    PR_OBS = 260,
    PR_CONSUMABLE_CAP = 12,
    PR_NONE = 255,          /* no edge in this slot, no selected asteroid, no action yet */
    PR_UNREACHABLE = 31,
    PR_MAX_EVENTS = 8       /* a step has at most 7: invalid, travel, two pirates, overheat, stranded, destroyed */
};
#define PR_FUEL_MAX 1000.0f
#define PR_CARGO_MAX 200.0f
#define PR_HULL_MAX 100.0f
#define PR_HEAT_MAX 100.0f
#define PR_TOOL_MAX 100.0f
#define PR_ALERT_MAX 100.0f
#define PR_TIME_MAX_LIMIT 16777216.0f /* 2^24: ticks stay exact in f32 */

enum { PR_IRON, PR_NICKEL, PR_WATER_ICE, PR_PGE, PR_RARE_ISOTOPES, PR_VOLATILES };
enum { PR_STATION, PR_CLUSTER, PR_HAZARD };

extern const float pr_base_price[PR_COMMODITIES];
extern const float pr_min_price[PR_COMMODITIES];
extern const float pr_max_price[PR_COMMODITIES];

/* ---- rules 4: the action table ---- */
enum {
    PR_TRAVEL = 0,
    PR_HOLD_DRIFT = 6,
    PR_EMERGENCY_BURN = 7,
    PR_WIDE_SCAN = 8,
    PR_FOCUSED_SCAN = 9,
    PR_DEEP_SCAN = 10,
    PR_THREAT_LISTEN = 11,
    PR_SELECT = 12,
    PR_MINE = 28,
    PR_STABILIZE = 31,
    PR_REFINE = 32,
    PR_COOLDOWN = 33,
    PR_TOOL_MAINTENANCE = 34,
    PR_HULL_PATCH = 35,
    PR_JETTISON = 36,
    PR_DOCK = 42,
    PR_SELL = 43,
    PR_BUY_FUEL = 61,
    PR_BUY_CONSUMABLE = 64,
    PR_OVERHAUL = 67,
    PR_CASH_OUT = 68
};

/* ---- the state of one episode ---- */
typedef struct {
    uint64_t state, inc;
} PrRng;

typedef struct {
    uint8_t to; /* PR_NONE: the slot is empty and every other field is 0 */
    uint8_t time;
    float fuel, threat, threat_estimate;
} PrEdge;

typedef struct {
    float true_comp[PR_COMMODITIES], comp_est[PR_COMMODITIES];
    float richness, stability, noise, stability_est, scan_conf, depletion;
} PrAsteroid;

typedef struct {
    uint8_t type, steps_to_station, asteroid_count;
    float hazard, pirate;
    PrEdge edges[PR_EDGES];
    PrAsteroid asteroids[PR_SLOTS];
} PrNode;

typedef struct {
    float inventory[PR_COMMODITIES], phase[PR_COMMODITIES], period[PR_COMMODITIES], amp[PR_COMMODITIES];
    float price[PR_COMMODITIES], prev_price[PR_COMMODITIES], recent_sales[PR_COMMODITIES];
} PrMarket;

/* rules 8: one event of a step. What a, b and v mean is said beside each type. */
typedef enum {
    PR_EVENT_TRAVEL,    /* a from, b to, v0 time, v1 fuel spent, v2 threat */
    PR_EVENT_DOCK,
    PR_EVENT_SELL,      /* a commodity, v0 quantity, v1 credits */
    PR_EVENT_BUY,       /* a item: 0..2 fuel small, med, large; 3 repair kit; 4 stabilizer; 5 decoy; 6 overhaul. v0 cost */
    PR_EVENT_SCAN,      /* a mode: 0 wide, 1 focused, 2 deep. b slots scanned */
    PR_EVENT_MINE,      /* a mode: 0 conservative, 1 standard, 2 aggressive. b slot, v0..v5 amounts, v6 their total */
    PR_EVENT_FRACTURE,  /* a slot, v0 severity, v1 hull damage */
    PR_EVENT_PIRATE,    /* a decoy used, v0 share of the cargo lost, v1 value lost */
    PR_EVENT_OVERHEAT,  /* v0 hull damage */
    PR_EVENT_INVALID,   /* a the action code as given */
    PR_EVENT_STRANDED,
    PR_EVENT_DESTROYED,
    PR_EVENT_CASH_OUT,  /* v0 credits */
    PR_EVENT_TIMEOUT
} PrEventType;

typedef struct {
    uint8_t type, a, b;
    float v[7];
} PrEvent;

typedef struct {
    float time_max;
    uint64_t seed;
    PrRng rng;

    float fuel, hull, heat, tool, alert, credits, time_remaining;
    float cargo[PR_COMMODITIES];
    uint8_t repair_kits, stabilizers, decoys;
    uint8_t escape_buff, stabilize_buff[PR_SLOTS]; /* ticks left */
    uint8_t node, selected;
    uint32_t ticks;

    uint8_t node_count;
    PrNode nodes[PR_NODES];
    PrMarket market;

    float total_spend, value_lost, utilization_sum;
    uint32_t overheat_ticks, pirate_encounters, scan_count, mining_ticks;
    bool started, terminated, truncated, destroyed, stranded, cashed_out;

    /* of the last step; no part of the state bytes */
    uint8_t last_dt, last_action;
    bool last_invalid;
    float last_reward;
    uint8_t event_count;
    PrEvent events[PR_MAX_EVENTS];
} PrEnv;

/* ---- what callers use ---- */
PrEnv *pr_env_new(float time_max); /* NULL: time_max is not in (0, PR_TIME_MAX_LIMIT], or no memory */
void pr_env_free(PrEnv *env);
void pr_reset(PrEnv *env, uint64_t seed);              /* rules 3 */
bool pr_step(PrEnv *env, uint8_t action);              /* rules 4, 5; false, and nothing changed: the episode has ended */
bool pr_running(const PrEnv *env);
void pr_observe(const PrEnv *env, float out[PR_OBS]);  /* rules 6 */
void pr_action_mask(const PrEnv *env, uint8_t out[PR_ACTIONS]); /* rules 8; all 0 once the episode has ended */
float pr_cargo_value(const PrEnv *env);

/* rules 7. dt, invalid_action and action are env->last_*; the others: */
typedef enum {
    PR_INFO_CREDITS, PR_INFO_TOTAL_SPEND, PR_INFO_NET_PROFIT, PR_INFO_PROFIT_PER_TICK, PR_INFO_SURVIVAL,
    PR_INFO_OVERHEAT_TICKS, PR_INFO_PIRATE_ENCOUNTERS, PR_INFO_VALUE_LOST, PR_INFO_FUEL_USED, PR_INFO_HULL_DAMAGE,
    PR_INFO_TOOL_WEAR, PR_INFO_SCAN_COUNT, PR_INFO_MINING_TICKS, PR_INFO_CARGO_UTILIZATION, PR_INFO_TIME_REMAINING
} PrInfo;
float pr_info(const PrEnv *env, PrInfo field);

/* The last step as its caller sees it. */
typedef struct {
    float reward;
    uint8_t dt, action;
    bool invalid, terminated, truncated;
    uint8_t event_count;
} PrOutcome;
PrOutcome pr_outcome(const PrEnv *env);
PrEvent pr_event(const PrEnv *env, uint8_t index);

/* rules 8: state bytes; the layout is in state.c */
typedef enum {
    PR_STATE_OK, PR_STATE_TRUNCATED, PR_STATE_MAGIC, PR_STATE_VERSION, PR_STATE_LENGTH, PR_STATE_CHECKSUM,
    PR_STATE_TIME_MAX, PR_STATE_FIELD
} PrStateError;
size_t pr_state_size(const PrEnv *env);
void pr_state_write(const PrEnv *env, uint8_t *out);   /* pr_state_size(env) bytes */
PrStateError pr_state_read(PrEnv *env, const uint8_t *bytes, size_t length); /* on an error nothing changed */

/* The table of the rules, to compare. A name is NULL beyond the last; a price belongs to a purchase, by its code. */
typedef struct {
    uint32_t nodes, edges, slots, commodities, actions, obs, consumable_cap, unreachable;
    float fuel_max, cargo_max, hull_max, heat_max, tool_max, alert_max, time_max_limit;
} PrSizes;
PrSizes pr_sizes(void);
const char *pr_action_name(uint8_t action);
const char *pr_info_name(uint8_t field);
const char *pr_event_name(uint8_t type);
float pr_buy_price(int action);

/* __STDC_VERSION__ of the compiler that built this: proof that a C program answers. */
long pr_language(void);

/* ---- between the files ---- */
void pr_rng_seed(PrRng *rng, uint64_t seed, uint64_t stream);
uint32_t pr_u32(PrRng *rng);
float pr_f(PrRng *rng);
uint32_t pr_range(PrRng *rng, uint32_t lo, uint32_t hi);
float pr_uniform(PrRng *rng, float a, float b);
float pr_exp1(PrRng *rng);
float pr_normal(PrRng *rng, float mean, float deviation);
float pr_lognormal(PrRng *rng, float mean, float deviation);
float pr_beta32(PrRng *rng);
void pr_dirichlet6(PrRng *rng, float out[PR_COMMODITIES]);

void pr_generate_world(PrEnv *env);
void pr_normalise_floored(float comp[PR_COMMODITIES]);
bool pr_at_station(const PrEnv *env);
bool pr_has_valid_selection(const PrEnv *env);
bool pr_slot_selectable(const PrEnv *env, int slot);
float pr_cargo_total(const PrEnv *env);
void pr_hold_drift(PrEnv *env);
bool pr_apply_action(PrEnv *env, uint8_t action, uint8_t *dt); /* false: invalid */
bool pr_action_valid(const PrEnv *env, int action);
void pr_scan(PrEnv *env, int slot, int mode);
void pr_mine(PrEnv *env, int mode);
void pr_refine(PrEnv *env);
void pr_sell(PrEnv *env, int commodity, float fraction);
void pr_edge_exposure(PrEnv *env, float dt, float threat);
void pr_node_exposure(PrEnv *env, float dt);
void pr_advance_market(PrEnv *env, uint8_t dt);
PrEvent *pr_emit(PrEnv *env, PrEventType type); /* an event of the step, its numbers all 0 */

#endif
