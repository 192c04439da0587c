/* rules 2 (prices) and 3: reset */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "math.h"
#include "prospector.h"

const float pr_base_price[PR_COMMODITIES] = {45.0f, 55.0f, 85.0f, 145.0f, 210.0f, 120.0f};
const float pr_min_price[PR_COMMODITIES] = {12.0f, 15.0f, 20.0f, 50.0f, 80.0f, 30.0f};
const float pr_max_price[PR_COMMODITIES] = {180.0f, 200.0f, 240.0f, 320.0f, 420.0f, 300.0f};

PrEnv *pr_env_new(float time_max) {
    if (!(time_max > 0.0f && time_max <= PR_TIME_MAX_LIMIT)) return NULL;
    PrEnv *env = calloc(1, sizeof *env);
    if (env != NULL) {
        env->time_max = time_max;
        env->selected = PR_NONE;
        env->last_action = PR_NONE;
    }
    return env;
}

void pr_env_free(PrEnv *env) { free(env); }

long pr_language(void) { return __STDC_VERSION__; }

/* Sum of every draw in its order: 20 an asteroid. */
static void generate_asteroid(PrRng *rng, PrAsteroid *a) {
    pr_dirichlet6(rng, a->true_comp);
    a->richness = pr_clamp(pr_lognormal(rng, -0.2f, 0.65f), 0.2f, 4.0f);
    a->stability = pr_beta32(rng);
    a->noise = pr_uniform(rng, 0.04f, 0.22f);
    pr_dirichlet6(rng, a->comp_est);
    a->stability_est = 0.5f;
    a->scan_conf = 0.1f;
    a->depletion = 0.0f;
}

static int free_slot(const PrNode *node) {
    for (int k = 0; k < PR_EDGES; k++)
        if (node->edges[k].to == PR_NONE) return k;
    return -1;
}

static bool connected(const PrNode *node, uint32_t to) {
    for (int k = 0; k < PR_EDGES; k++)
        if (node->edges[k].to == to) return true;
    return false;
}

static void add_edge(PrEnv *env, uint32_t u, uint32_t v) {
    PrNode *a = &env->nodes[u], *b = &env->nodes[v];
    int slot_a = free_slot(a), slot_b = free_slot(b);
    if (slot_a < 0 || slot_b < 0 || connected(a, v)) return;
    PrEdge edge = {0};
    edge.time = (uint8_t)pr_range(&env->rng, 1, 9);
    edge.fuel = pr_uniform(&env->rng, 20.0f, 112.0f);
    edge.threat = pr_clamp(0.5f * (a->hazard + b->hazard) + 0.5f * (a->pirate + b->pirate) +
                               pr_normal(&env->rng, 0.0f, 0.05f),
                           0.0f, 1.0f);
    edge.threat_estimate = 0.5f;
    edge.to = (uint8_t)v;
    a->edges[slot_a] = edge;
    edge.to = (uint8_t)u;
    b->edges[slot_b] = edge;
}

/* Breadth-first from the station; what it never reaches keeps 31. */
static void measure_steps_to_station(PrEnv *env) {
    uint8_t queue[PR_NODES];
    int head = 0, tail = 0;
    bool seen[PR_NODES] = {false};
    for (int n = 0; n < env->node_count; n++) env->nodes[n].steps_to_station = PR_UNREACHABLE;
    env->nodes[0].steps_to_station = 0;
    seen[0] = true;
    queue[tail++] = 0;
    while (head < tail) {
        const PrNode *node = &env->nodes[queue[head++]];
        for (int k = 0; k < PR_EDGES; k++) {
            uint8_t to = node->edges[k].to;
            if (to == PR_NONE || seen[to]) continue;
            seen[to] = true;
            env->nodes[to].steps_to_station = (uint8_t)(node->steps_to_station + 1);
            queue[tail++] = to;
        }
    }
}

static void open_market(PrEnv *env) {
    PrMarket *m = &env->market;
    for (int c = 0; c < PR_COMMODITIES; c++) {
        m->inventory[c] = pr_uniform(&env->rng, 20.0f, 120.0f);
        m->phase[c] = pr_uniform(&env->rng, 0.0f, PR_TWO_PI);
        m->period[c] = pr_uniform(&env->rng, 180.0f, 380.0f);
        m->amp[c] = pr_base_price[c] * pr_uniform(&env->rng, 0.10f, 0.30f);
        m->price[c] = pr_clamp(pr_base_price[c] + m->amp[c] * pr_sin(m->phase[c]), pr_min_price[c], pr_max_price[c]);
        m->prev_price[c] = m->price[c];
        m->recent_sales[c] = 0.0f;
    }
}

void pr_generate_world(PrEnv *env) {
    PrRng *rng = &env->rng;
    env->node_count = (uint8_t)pr_range(rng, 8, 33);
    for (int n = 0; n < PR_NODES; n++)
        for (int k = 0; k < PR_EDGES; k++) env->nodes[n].edges[k].to = PR_NONE;
    for (int n = 1; n < env->node_count; n++) {
        PrNode *node = &env->nodes[n];
        bool hazardous = pr_f(rng) < 0.25f;
        node->type = hazardous ? PR_HAZARD : PR_CLUSTER;
        node->hazard = pr_uniform(rng, 0.05f, 0.35f);
        node->pirate = pr_uniform(rng, 0.05f, 0.30f);
        if (hazardous) {
            node->hazard += 0.25f;
            node->pirate += 0.12f;
        }
    }
    for (uint32_t n = 1; n < env->node_count; n++) add_edge(env, n, pr_range(rng, 0, n));
    for (int i = 0; i < env->node_count; i++) {
        uint32_t u = pr_range(rng, 0, env->node_count);
        uint32_t v = pr_range(rng, 0, env->node_count);
        if (u != v) add_edge(env, u, v);
    }
    measure_steps_to_station(env);
    for (int n = 1; n < env->node_count; n++) {
        PrNode *node = &env->nodes[n];
        node->asteroid_count = (uint8_t)pr_range(rng, 5, 17);
        for (int a = 0; a < node->asteroid_count; a++) generate_asteroid(rng, &node->asteroids[a]);
    }
    open_market(env);
}

void pr_reset(PrEnv *env, uint64_t seed) {
    float time_max = env->time_max;
    memset(env, 0, sizeof *env);
    env->time_max = time_max;
    env->seed = seed;
    env->started = true;
    env->fuel = PR_FUEL_MAX;
    env->hull = PR_HULL_MAX;
    env->tool = PR_TOOL_MAX;
    env->time_remaining = time_max;
    env->repair_kits = 3;
    env->stabilizers = 2;
    env->decoys = 1;
    env->selected = PR_NONE;
    env->last_action = PR_NONE;
    pr_rng_seed(&env->rng, seed, 54);
    pr_generate_world(env);
}
