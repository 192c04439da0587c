/* rules 6 (observation) and 7 (info) */
#include <math.h>

#include "math.h"
#include "prospector.h"

static float unit(float x) { return pr_clamp(x, 0.0f, 1.0f); }

static void observe_edge(const PrEnv *env, const PrEdge *edge, float out[7]) {
    for (int i = 0; i < 7; i++) out[i] = 0.0f;
    if (edge->to == PR_NONE) return;
    out[0] = 1.0f;
    out[1 + env->nodes[edge->to].type] = 1.0f;
    out[4] = (float)edge->time / 8.0f;
    out[5] = edge->fuel / 160.0f;
    out[6] = edge->threat_estimate;
}

static void observe_asteroid(const PrEnv *env, int slot, float out[11]) {
    const PrNode *node = &env->nodes[env->node];
    for (int i = 0; i < 11; i++) out[i] = 0.0f;
    if (slot >= node->asteroid_count) return;
    const PrAsteroid *a = &node->asteroids[slot];
    out[0] = 1.0f;
    for (int c = 0; c < PR_COMMODITIES; c++) out[1 + c] = a->comp_est[c];
    pr_normalise_floored(&out[1]);
    out[7] = a->stability_est;
    out[8] = a->depletion;
    out[9] = a->scan_conf;
    out[10] = env->selected == slot ? 1.0f : 0.0f;
}

void pr_observe(const PrEnv *env, float out[PR_OBS]) {
    const PrNode *node = &env->nodes[env->node];
    const PrMarket *m = &env->market;
    out[0] = unit(env->fuel / PR_FUEL_MAX);
    out[1] = unit(env->hull / PR_HULL_MAX);
    out[2] = unit(env->heat / PR_HEAT_MAX);
    out[3] = unit(env->tool / PR_TOOL_MAX);
    out[4] = unit(pr_cargo_total(env) / PR_CARGO_MAX);
    out[5] = unit(env->alert / PR_ALERT_MAX);
    out[6] = unit(env->time_remaining / env->time_max);
    out[7] = unit(pr_ln1p(pr_max(0.0f, env->credits)) / pr_ln1p(1e7f));
    for (int c = 0; c < PR_COMMODITIES; c++) out[8 + c] = env->cargo[c] / PR_CARGO_MAX;
    out[14] = (float)env->repair_kits / 12.0f;
    out[15] = (float)env->stabilizers / 12.0f;
    out[16] = (float)env->decoys / 12.0f;
    out[17] = pr_at_station(env) ? 1.0f : 0.0f;
    out[18] = pr_has_valid_selection(env) ? 1.0f : 0.0f;
    for (int type = 0; type < 3; type++) out[19 + type] = node->type == type ? 1.0f : 0.0f;
    out[22] = (float)env->node / 31.0f;
    out[23] = (float)node->steps_to_station / 31.0f;
    for (int k = 0; k < PR_EDGES; k++) observe_edge(env, &node->edges[k], &out[24 + 7 * k]);
    out[66] = out[67] = 0.0f;
    for (int a = 0; a < PR_SLOTS; a++) observe_asteroid(env, a, &out[68 + 11 * a]);
    for (int c = 0; c < PR_COMMODITIES; c++) out[244 + c] = unit(m->price[c] / pr_base_price[c]);
    for (int c = 0; c < PR_COMMODITIES; c++)
        out[250 + c] = pr_clamp((m->price[c] - m->prev_price[c]) / 100.0f, -1.0f, 1.0f);
    static const int stocked[4] = {PR_IRON, PR_WATER_ICE, PR_PGE, PR_RARE_ISOTOPES};
    for (int i = 0; i < 4; i++) out[256 + i] = unit(m->inventory[stocked[i]] / 500.0f);
}

float pr_info(const PrEnv *env, PrInfo field) {
    float ticks = (float)env->ticks;
    switch (field) {
    case PR_INFO_CREDITS: return env->credits;
    case PR_INFO_TOTAL_SPEND: return env->total_spend;
    case PR_INFO_NET_PROFIT: return env->credits; /* the starting credits are 0 and credits are net of every purchase */
    case PR_INFO_PROFIT_PER_TICK: return env->credits / pr_max(1.0f, ticks);
    case PR_INFO_SURVIVAL: return env->destroyed || env->stranded ? 0.0f : 1.0f;
    case PR_INFO_OVERHEAT_TICKS: return (float)env->overheat_ticks;
    case PR_INFO_PIRATE_ENCOUNTERS: return (float)env->pirate_encounters;
    case PR_INFO_VALUE_LOST: return env->value_lost;
    case PR_INFO_FUEL_USED: return pr_max(0.0f, PR_FUEL_MAX - env->fuel);
    case PR_INFO_HULL_DAMAGE: return pr_max(0.0f, PR_HULL_MAX - env->hull);
    case PR_INFO_TOOL_WEAR: return pr_max(0.0f, PR_TOOL_MAX - env->tool);
    case PR_INFO_SCAN_COUNT: return (float)env->scan_count;
    case PR_INFO_MINING_TICKS: return (float)env->mining_ticks;
    /* The divisor counts the ticks that the sum has seen, and those are all of them. */
    case PR_INFO_CARGO_UTILIZATION: return env->ticks == 0 ? 0.0f : env->utilization_sum / ticks;
    case PR_INFO_TIME_REMAINING: return env->time_remaining;
    }
    return 0.0f;
}
